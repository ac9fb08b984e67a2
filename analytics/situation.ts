import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Comparison, MetricResult, Results, Verdict } from "../contract/results.ts";

/** Everything a verdict may depend on. */
export interface Situation {
  readonly plan: AnalysisPlan;
  readonly health: Results["health"];
  readonly variants: Results["variants"];
  readonly metrics: readonly MetricResult[];
  /** Units with an event of the primary metric, in the order of the variants. */
  readonly unitsWithEvent: readonly number[];
  /** The last day on which a unit was first exposed, in days since 1970. */
  readonly lastExposureDay: number | null;
  readonly asOfMs: number;
}

/** A verdict but for what is the same in all of a plan. */
export type Saying = Omit<Verdict, "rule" | "next_step">;

const DAY_MS = 86_400_000;

/** An end this close to the planned one is the planned one. */
const EARLY_MS = DAY_MS / 2;

/** How far the experiment is on its planned way; undefined before its start. */
export interface Progress {
  /** Days that have begun, from 1, and not beyond the plan. */
  readonly day: number;
  readonly plannedDays: number;
  readonly daysLeft: number;
  /** The day on which it was ended by hand, from 1, if that is half a day or more before the planned end. */
  readonly endedEarlyOnDay: number | undefined;
  /** The day on which the last unit was first exposed, if that is a whole day or more before the planned end. */
  readonly lastExposureOnDay: number | undefined;
}

export const progressOf = (situation: Situation): Progress | undefined => {
  const { plan, lastExposureDay, asOfMs } = situation;
  const { started_at: start, estimated_duration_days: plannedDays } = plan;
  if (start === null) return undefined;
  const plannedEnd = start + plannedDays * DAY_MS;
  const dayAt = (ms: number): number => Math.max(1, Math.min(Math.floor((ms - start) / DAY_MS) + 1, plannedDays));
  // An end of which only the fact is known was no later than now.
  const ended = isOver(situation) ? (plan.ended_at ?? asOfMs) : undefined;
  const lastDay = lastExposureDay === null ? undefined : Math.ceil(((lastExposureDay + 1) * DAY_MS - start) / DAY_MS);
  return {
    day: dayAt(asOfMs),
    plannedDays,
    daysLeft: Math.max(0, Math.ceil((plannedEnd - asOfMs) / DAY_MS)),
    endedEarlyOnDay: ended !== undefined && ended < plannedEnd - EARLY_MS ? dayAt(ended) : undefined,
    lastExposureOnDay: lastDay !== undefined && lastDay < plannedDays ? lastDay : undefined,
  };
};

/** That it was ended before its planned end, in words; undefined when it was not. */
export const earlyEndOf = (situation: Situation): string | undefined => {
  const progress = progressOf(situation);
  if (progress?.endedEarlyOnDay === undefined) return undefined;
  const { endedEarlyOnDay: day, plannedDays } = progress;
  return `Ended on day ${day} of ${plannedDays}${day === plannedDays ? ", before it was over" : ""}.`;
};

/** Nobody new is let in: the numbers will not change much any more. */
export const isOver = ({ plan }: Situation): boolean => plan.status === "completed" || plan.status === "archived";

/** The time to read a test of fixed length: its planned end, or when it was ended. */
export const isReadable = (situation: Situation): boolean => isOver(situation) || progressOf(situation)?.daysLeft === 0;

export const primaryOf = ({ metrics }: Situation): MetricResult | undefined =>
  metrics.find(({ role }) => role === "primary");

/** The name that people know a variant by. */
export const nameOf = ({ variants }: Situation, key: string): string =>
  variants.find((variant) => variant.key === key)?.name ?? key;

/**
 * What one comparison says at a level. `unclear` is a difference that chance can explain; `open` is one that no number
 * can be given for.
 */
export type Reading = "better" | "worse" | "unclear" | "open";

export const readingAt = (
  alpha: number,
  { direction }: Pick<MetricResult, "direction">,
  { difference, p_value }: Comparison,
): Reading => {
  if (p_value === null || difference === null) return "open";
  if (p_value >= alpha) return "unclear";
  return difference > 0 === (direction === "increase") ? "better" : "worse";
};
