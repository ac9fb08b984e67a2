import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { AnalysisMethod } from "../contract/analysis-settings.ts";
import type { Situation } from "./situation.ts";
import { DAY_MS } from "./day.ts";

/** An end this close to the planned one is the planned one. */
export const EARLY_MS = DAY_MS / 2;

/** Where the experiment is on its planned way, and what may be read there by its method. */
export interface Schedule {
  /** Nobody new is let in: the numbers will not change much any more. */
  readonly isOver: boolean;
  /** That it is, in words. */
  readonly paused: string | false;
  /** That it was ended half a day or more before the planned end, in words. */
  readonly earlyEnd: string | undefined;
  /** It was long enough for a decision for better or for none. */
  readonly hasMinDays: boolean;
  /** It has ended, or as long as was planned is over: what is not clear now will not be by the plan. */
  readonly isAtEnd: boolean;
  /** Harm that is read now is harm, by the method. */
  readonly mayTellHarm: boolean;
  /** The number of the last look that was taken; 0 before the first, and by other methods. */
  readonly look: number;
}

const isOver = ({ status }: AnalysisPlan): boolean => status === "completed" || status === "archived";

/** How long it was let run, in ms; an end of which only the fact is known was no later than now. */
export const elapsedMs = (plan: AnalysisPlan, asOfMs: number): number =>
  plan.started_at === null ? 0 : (isOver(plan) ? (plan.ended_at ?? asOfMs) : asOfMs) - plan.started_at;

/** It ended half a day or more before the planned end: by hand, or by an end of its own. */
export const hasEndedEarly = (plan: AnalysisPlan, asOfMs: number): boolean =>
  plan.started_at !== null &&
  isOver(plan) &&
  elapsedMs(plan, asOfMs) < plan.estimated_duration_days * DAY_MS - EARLY_MS;

export const scheduleOf = ({ plan, sequence, asOfMs }: Situation): Schedule => {
  const over = isOver(plan);
  const elapsed = elapsedMs(plan, asOfMs);
  const planned = plan.estimated_duration_days;
  const isEarly = hasEndedEarly(plan, asOfMs);
  const day = Math.max(1, Math.min(Math.floor(elapsed / DAY_MS) + 1, planned));
  const hasMinDays = elapsed >= plan.min_days * DAY_MS - (over ? EARLY_MS : 0);
  const atPlannedEnd = over ? !isEarly : elapsed >= planned * DAY_MS;
  const look = sequence.looks.at(-1)?.number ?? 0;
  const tellsHarm: Record<AnalysisMethod, boolean> = {
    anytime: true,
    group_sequential: look > 0,
    fixed_horizon: atPlannedEnd,
    bayesian: over || hasMinDays || atPlannedEnd,
  };
  // The last look is taken by the first results that are kept after the end, which can be an hour later.
  const awaitsLook = plan.method === "group_sequential" && look < plan.looks;
  return {
    isOver: over,
    paused: plan.status === "paused" && "The experiment is paused. Nobody new is decided until it is resumed.",
    earlyEnd: isEarly
      ? `Ended on day ${day} of ${planned}${day === planned ? ", before it was over" : ""}.`
      : undefined,
    hasMinDays,
    isAtEnd: over || (atPlannedEnd && hasMinDays && !awaitsLook),
    mayTellHarm: tellsHarm[plan.method],
    look,
  };
};
