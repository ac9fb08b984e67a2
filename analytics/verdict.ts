import type { Verdict } from "../contract/results.ts";
import { type Candidate, candidatesOf, isHarmful, isWinner } from "./candidates.ts";
import { evidence, inconclusive, noEffect, ship, stopHarm } from "./decision.ts";
import { doubtsOf } from "./doubts.ts";
import { keepRunning } from "./keep-running.ts";
import { ruleOf } from "./rule.ts";
import { earlyEnd, type Schedule, scheduleOf } from "./schedule.ts";
import { harmedBy } from "./sentences.ts";
import type { Saying, Situation } from "./situation.ts";
import { collecting, invalidSplit, noData, shortagesOf } from "./unreadable.ts";
import { days } from "./wording.ts";

const CHECK = { code: "degraded", variant_key: null, title: "Check before deciding" } as const;

const degraded = (situation: Situation, schedule: Schedule, candidates: readonly Candidate[]): Saying | undefined => {
  const [first, ...more] = doubtsOf(situation, schedule);
  if (!first) return undefined;
  return {
    ...CHECK,
    detail: first.detail,
    reasons: [
      ...first.reasons,
      ...more.flatMap(({ detail, reasons }) => [detail, ...reasons]),
      ...candidates
        .filter(isHarmful)
        .map((each) => `${each.name} looks worse than the control in ${harmedBy(situation, each)}.`),
      ...evidence(situation, schedule, candidates),
    ],
    next_step: first.nextStep,
  };
};

/** What would have been decided, had it been long enough. */
const tooShort = (situation: Situation, schedule: Schedule, candidates: readonly Candidate[]): Saying | undefined => {
  const { plan } = situation;
  if (!schedule.isOver || schedule.hasMinDays || !schedule.mayTellHarm) return undefined;
  if (!candidates.some(isWinner) && !noEffect(situation, schedule, candidates)) return undefined;
  return {
    ...CHECK,
    detail: `It ended before the ${days(plan.min_days)} that the plan asks for were over, so that not every day of the week is in it. Treat what you see as a hint.`,
    reasons: [...earlyEnd(situation, schedule), ...evidence(situation, schedule, candidates)],
    next_step: `Run it again for ${days(plan.min_days)} or more to decide.`,
  };
};

/** Harm of a variant that has enough units is told, whatever another one lacks that gets few of them. */
const harmBesideFew = (situation: Situation, schedule: Schedule): Saying | undefined => {
  const lacking = shortagesOf(situation);
  if (lacking.size === 0 || !schedule.mayTellHarm) return undefined;
  if (situation.variants.some(({ key, is_control }) => is_control && lacking.has(key))) return undefined;
  const candidates = candidatesOf(situation).map((each): Candidate =>
    lacking.has(each.key) ? { ...each, reading: "undefined", guardrails: [] } : each,
  );
  return stopHarm(situation, schedule, candidates);
};

/** Once the numbers can be read: the first that applies. */
const decide = (situation: Situation, schedule: Schedule): Saying => {
  const candidates = candidatesOf(situation);
  const check = degraded(situation, schedule, candidates);
  return (
    // Harm of one variant does not keep another from everyone; whoever decides is told of both.
    (schedule.mayDecide && !check ? ship(situation, schedule, candidates) : undefined) ??
    (schedule.mayTellHarm ? stopHarm(situation, schedule, candidates) : undefined) ??
    check ??
    (schedule.mayDecide ? noEffect(situation, schedule, candidates) : undefined) ??
    tooShort(situation, schedule, candidates) ??
    (schedule.isAtEnd ? inconclusive : keepRunning)(situation, schedule, candidates)
  );
};

/**
 * What to do, as a word and in plain sentences, by rules that were fixed before the start. In order, the first that applies: no data; a
 * split that is not the planned one; too few units, but for harm of a variant that has enough; harm, unless another variant may be shipped; something to check first; a variant to
 * ship; no effect worth finding; and else, no answer, or none yet.
 *
 * When harm, and when anything else, may be told depends on the method: see `schedule.ts`. Before that no number, however clear, is a
 * decision, as looking at a test until it looks good finds winners that are none.
 */
export const verdictOf = (situation: Situation): Verdict => {
  const schedule = scheduleOf(situation);
  const saying =
    noData(situation, schedule) ??
    invalidSplit(situation) ??
    harmBesideFew(situation, schedule) ??
    collecting(situation, schedule) ??
    decide(situation, schedule);
  return { ...saying, rule: ruleOf(situation.plan) };
};
