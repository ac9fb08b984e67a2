import type { Verdict } from "../contract/results.ts";
import { evidence, harmSaid, inconclusive, noEffect, ship, stopHarm } from "./decision.ts";
import { type Doubt, doubtsOf } from "./doubts.ts";
import { type Facts, factsOf } from "./facts.ts";
import { keepRunning } from "./keep-running.ts";
import { sentencesOf, textOf } from "./prose.ts";
import { ruleOf } from "./rule.ts";
import type { Saying, Situation } from "./situation.ts";
import { invalidSplit, noData, tooFew } from "./unreadable.ts";
import { days } from "./wording.ts";

/** What would have been decided, had it been long enough. */
const tooShort = (facts: Facts): Doubt | undefined => {
  const { min_days, isOver, hasMinDays, earlyEnd } = facts;
  if (!isOver || hasMinDays || !(ship(facts) ?? noEffect(facts))) return undefined;
  return {
    detail: `It ended before the ${days(min_days)} that the plan asks for, so that not every day of the week is in it: treat it as a hint.`,
    reasons: earlyEnd,
    next_step: `Run it again for ${days(min_days)} or more to decide.`,
  };
};

const degraded = (facts: Facts): Saying | undefined => {
  const [first = tooShort(facts), ...more] = doubtsOf(facts);
  return (
    first && {
      ...first,
      code: "degraded",
      title: "Check before deciding",
      reasons: [
        first.reasons,
        more.map(({ detail, reasons }) => [textOf(detail), reasons]),
        harmSaid(facts, "looks worse than the control in"),
        evidence(facts),
      ],
    }
  );
};

/** Once the numbers can be read: the first that applies. */
const decide = (facts: Facts): Saying => {
  const { hasMinDays, mayTellHarm } = facts;
  const mayDecide = mayTellHarm && hasMinDays;
  const check = degraded(facts);
  return (
    // Harm of one variant does not keep another from everyone; whoever decides is told of both.
    (mayDecide && !check && ship(facts)) ||
    (mayTellHarm && stopHarm(facts)) ||
    check ||
    (mayDecide && noEffect(facts)) ||
    (facts.isAtEnd ? inconclusive : keepRunning)(facts)
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
  const facts = factsOf(situation);
  const saying = noData(facts) ?? invalidSplit(facts) ?? tooFew(facts) ?? decide(facts);
  return {
    variant_key: null,
    ...saying,
    detail: textOf(saying.detail),
    reasons: sentencesOf(saying.reasons),
    rule: textOf(ruleOf(situation.plan)),
    next_step: textOf(saying.next_step),
  };
};
