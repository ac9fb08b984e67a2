import type { Results } from "../../contract/results.ts";
import { formatCount } from "../format/number.ts";
import { shareWords } from "../experiments/analysis-words.ts";

/** How far an experiment is, in words and as a share to draw. */
export interface ProgressWords {
  /** 0–1: of the sample that is needed, or of the days where that is not known. */
  readonly share: number;
  readonly collected: string;
  readonly left: string | undefined;
  readonly detectable: string | undefined;
}

const several = (count: number, unit: string): string => `${formatCount(count)} ${unit}${count === 1 ? "" : "s"}`;

/** `3–5 days left at last week’s traffic`; a range, because traffic is not the same every week. */
function daysLeft([from, to]: readonly [number, number]): string {
  if (to <= 0) return "enough users are in";
  const range = from === to ? several(to, "day") : `${formatCount(from)}–${several(to, "day")}`;
  return `${range} left at last week’s traffic`;
}

export function progressWords({ progress }: Pick<Results, "progress">, over: boolean): ProgressWords | undefined {
  if (progress === null) return undefined;
  const { units, units_needed, detectable_lift, days_to_needed, day, planned_days, days_left } = progress;
  const plan = `day ${day} of ${planned_days}`;
  const toEnd = days_left === 0 ? "the planned end is reached" : `${several(days_left, "day")} to the end`;
  return {
    share: Math.min(1, units_needed === null ? day / planned_days : units / Math.max(1, units_needed)),
    collected:
      units_needed === null
        ? `${formatCount(units)} users, ${plan}`
        : `${formatCount(units)} of about ${formatCount(units_needed)} users, ${plan}`,
    left: over ? undefined : days_to_needed === null ? toEnd : daysLeft(days_to_needed),
    detectable:
      detectable_lift === null
        ? undefined
        : `A change of ±${shareWords(Number(detectable_lift.toPrecision(2)))} or more would be found now`,
  };
}
