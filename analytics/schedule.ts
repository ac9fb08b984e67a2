import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { AnalysisMethod } from "../contract/analysis-settings.ts";
import type { Situation } from "./situation.ts";
import { DAY_MS } from "./day.ts";

/** An end this close to the planned one is the planned one. */
const EARLY_MS = DAY_MS / 2;

type Timed = Pick<Situation, "plan" | "sequence" | "asOfMs">;

/** Where the experiment is on its planned way, and what may be read there by its method. */
export interface Schedule {
  /** Nobody new is let in: the numbers will not change much any more. */
  readonly isOver: boolean;
  /** The day on which it ended, from 1, if that is half a day or more before the planned end. */
  readonly endedEarlyOnDay: number | undefined;
  /** It was long enough for a decision for better or for none. */
  readonly hasMinDays: boolean;
  /** It has ended, or as long as was planned is over: what is not clear now will not be by the plan. */
  readonly isAtEnd: boolean;
  /** Harm that is read now is harm, by the method. */
  readonly mayTellHarm: boolean;
  /** The same of anything else. */
  readonly mayDecide: boolean;
  /** Days until a decision for better or for none is possible at all; 0 when it is. */
  readonly daysToMinDays: number;
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

export const scheduleOf = (timed: Timed): Schedule => {
  const { plan, sequence, asOfMs } = timed;
  const over = isOver(plan);
  const elapsed = elapsedMs(plan, asOfMs);
  const planned = plan.estimated_duration_days;
  const isEarly = hasEndedEarly(plan, asOfMs);
  const hasMinDays = elapsed >= plan.min_days * DAY_MS - (over ? EARLY_MS : 0);
  const atPlannedEnd = over ? !isEarly : elapsed >= planned * DAY_MS;
  const tellsHarm: Record<AnalysisMethod, boolean> = {
    anytime: true,
    group_sequential: sequence.looks.length > 0,
    fixed_horizon: atPlannedEnd,
    bayesian: over || hasMinDays || atPlannedEnd,
  };
  const mayTellHarm = tellsHarm[plan.method];
  // The last look is taken by the first results that are kept after the end, which can be an hour later.
  const awaitsLook = plan.method === "group_sequential" && (sequence.looks.at(-1)?.number ?? 0) < plan.looks;
  return {
    isOver: over,
    endedEarlyOnDay: isEarly ? Math.max(1, Math.min(Math.floor(elapsed / DAY_MS) + 1, planned)) : undefined,
    hasMinDays,
    isAtEnd: over || (atPlannedEnd && hasMinDays && !awaitsLook),
    mayTellHarm,
    mayDecide: mayTellHarm && hasMinDays,
    daysToMinDays: hasMinDays ? 0 : Math.ceil(plan.min_days - elapsed / DAY_MS),
  };
};

/** Nobody new will be let in from half a day or more before the planned end on. */
export const willEndEarly = ({
  started_at: start,
  ends_at: end,
  estimated_duration_days: planned,
}: AnalysisPlan): boolean => start !== null && end !== null && end < start + planned * DAY_MS - EARLY_MS;

/** That it was ended before its planned end, in words; empty when it was not. */
export const earlyEnd = ({ plan }: Timed, { endedEarlyOnDay: day }: Schedule): string[] => {
  if (day === undefined) return [];
  const planned = plan.estimated_duration_days;
  return [`Ended on day ${day} of ${planned}${day === planned ? ", before it was over" : ""}.`];
};

/** The next planned look of a group-sequential plan: which one, and the days until it is due. Undefined after the last. */
export const nextLookOf = ({ plan, sequence, asOfMs }: Timed): { number: number; days: number } | undefined => {
  const number = (sequence.looks.at(-1)?.number ?? 0) + 1;
  if (plan.started_at === null || number > plan.looks) return undefined;
  const due = plan.started_at + (number / plan.looks) * plan.estimated_duration_days * DAY_MS;
  return { number, days: Math.max(0, Math.ceil((due - asOfMs) / DAY_MS)) };
};

/**
 * That nobody new came long before the planned end, in words: a pause could stop a test when its numbers look
 * good. Empty when somebody did.
 */
export const exposureGap = ({ plan, lastExposureDay }: Situation, schedule: Schedule): string[] => {
  const { started_at: start, estimated_duration_days: planned } = plan;
  const isOnTime = schedule.isAtEnd && schedule.endedEarlyOnDay === undefined;
  if (plan.method !== "fixed_horizon" || !isOnTime || start === null || lastExposureDay === null) return [];
  const day = Math.ceil(((lastExposureDay + 1) * DAY_MS - start) / DAY_MS);
  return day < planned
    ? [
        `Nobody new was exposed after day ${day} of the ${planned} planned. A test that is stopped when its numbers look good finds winners that are none.`,
      ]
    : [];
};
