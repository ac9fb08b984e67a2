import type { Candidate } from "./candidates.ts";
import { DAY_MS } from "./day.ts";
import { cautionsOf } from "./doubts.ts";
import type { Facts } from "./facts.ts";
import { metricsOf, whyUndefined } from "./findings.ts";
import type { Prose } from "./prose.ts";
import type { Saying } from "./situation.ts";
import { dayRange, count, listed, plainPercent, pValueText } from "./wording.ts";

/**
 * That nobody new came long before the planned end: a pause could stop a test when its numbers look good. Nothing when somebody did.
 */
const exposureGap = ({
  method,
  started_at: start,
  estimated_duration_days: planned,
  lastExposureDay,
  isAtEnd,
  earlyEnd,
}: Facts): Prose => {
  if (method !== "fixed_horizon" || !isAtEnd || earlyEnd || start === null || lastExposureDay === null)
    return undefined;
  const day = Math.ceil(lastExposureDay + 1 - start / DAY_MS);
  return (
    day < planned &&
    `Nobody new was exposed after day ${day} of the ${planned} planned. A test that is stopped when its numbers look good finds winners that are none.`
  );
};

/** Everything that a verdict rests on, beside the variant that it names. */
export const evidence = (facts: Facts, named?: Candidate): Prose => {
  const { srm, candidates, findings } = facts;
  const split = srm.sequential_p_value;
  return [
    candidates.filter((each) => each !== named),
    candidates.map((each) => (each === named ? each.guardrails : each.open)),
    findings.map(
      ({ metric, reading, sentence }) =>
        metric.role === "secondary" &&
        reading === "worse" &&
        `${sentence} It is worse, and the rule does not ask for it.`,
    ),
    cautionsOf(facts),
    exposureGap(facts),
    split !== null && `The units are split as planned (${pValueText(split)}).`,
  ];
};

/** Each variant that does harm, and what to: `“B” looks worse in Purchase and Refunds so far.` */
export const harmSaid = ({ candidates }: Facts, does: string, when = ""): Prose =>
  candidates.map(({ name, harmed }) => harmed && `${name} ${does} ${harmed}${when}.`);

/** Beside what is decided for one variant: what became of the others. */
const others = (facts: Facts, named: Candidate): Prose => {
  const { look, looks } = facts;
  return [
    harmSaid(facts, "does harm: it is worse than the control in"),
    // What a group-sequential test says too strongly when it ends at a look before its last. Source: Jennison & Turnbull (2000), section 8.3.
    look > 0 &&
      look < looks &&
      `The numbers are those of look ${look} of ${looks}. An estimate at a look that ends a test is on average a little too far from 0.`,
    evidence(facts, named),
  ];
};

/** `“B” and “C”`. */
const namesOf = (candidates: readonly Candidate[]): string => listed(candidates.map(({ name }) => name));

/** By how far the primary metric moved in the good direction, the furthest first. */
export const ranked = ({ candidates, primary: metric }: Facts): Candidate[] => {
  const sign = metric?.direction === "increase" ? 1 : -1;
  const good = ({ difference }: Candidate): number => sign * (difference ?? 0);
  return candidates.toSorted((a, b) => good(b) - good(a));
};

/** A variant that is better and does no harm: the best clean one, or else the best. */
export const ship = (facts: Facts): Saying | undefined => {
  const { candidates, method, isOver } = facts;
  const winners = ranked(facts).filter(({ reading, harmed }) => reading === "better" && !harmed);
  const clean = winners.filter(({ open }) => open.length === 0);
  const rivals = clean.length > 0 ? clean : winners;
  const [best] = rivals;
  if (!best) return undefined;
  const { key, name, guardrails } = best;
  const harmful = namesOf(candidates.filter(({ harmed }) => harmed));
  const stopping = harmful && `Stop ${harmful} in any case.`;
  const base = {
    variant_key: key,
    reasons: [
      rivals.length > 1 &&
        `${namesOf(rivals)} are better than the control. They were not compared with one another; ${name} has the largest effect.`,
      others(facts, best),
    ],
  };
  const open = metricsOf(best.open);
  if (!open)
    return {
      ...base,
      code: "ship",
      title: `Ready to ship ${name}`,
      detail: [best, guardrails.length > 0 ? "Every guardrail is within its limit." : "There is no guardrail."],
      next_step: [`${isOver ? "Give" : "Complete the experiment and give"} ${name} to everyone.`, stopping],
    };
  return {
    ...base,
    code: "ship_tradeoff",
    title: "Better, but at a cost",
    detail: [best, `Harm to ${open} beyond what is put up with is not ruled out.`],
    next_step: [
      isOver || method === "fixed_horizon"
        ? `Decide whether the gain is worth what it may cost in ${open}.`
        : `Let it run on to learn more of ${open}, or decide whether the gain is worth what it may cost.`,
      stopping,
    ],
  };
};

/** Nothing but harm: of several, the worst is named. */
export const stopHarm = (facts: Facts): Saying | undefined => {
  const { candidates, isOver } = facts;
  const harmful = ranked(facts).filter(({ harmed }) => harmed);
  const worst = harmful.findLast(({ reading }) => reading === "worse") ?? harmful.at(-1);
  if (!worst) return undefined;
  const names = namesOf(harmful);
  return {
    code: "stop_harm",
    variant_key: worst.key,
    title: `Stop: ${worst.name} does harm`,
    detail:
      worst.reading === "worse"
        ? [worst, "It is worse than the control."]
        : worst.open.find(({ reading }) => reading === "crossed_limit"),
    reasons: others(facts, worst),
    next_step:
      harmful.length < candidates.length && !isOver
        ? `Stop ${names}. What is left needs a new phase.`
        : `${isOver ? "Do not ship" : "Stop the experiment, and do not ship"} ${names}.`,
  };
};

/** All variants' changes are smaller than what was worth finding; by a Bayesian rule also where neither choice can lose much. */
export const noEffect = (facts: Facts): Saying | undefined => {
  const { candidates, only, method, min_detectable_effect: limit, loss_threshold: threshold } = facts;
  const isSmall = candidates.every(({ lift_ci_low, lift_ci_high }) =>
    [lift_ci_low, lift_ci_high].every((end) => Math.abs(end ?? Infinity) <= (limit ?? -1)),
  );
  const losesLittle = candidates.every(
    ({ views }) =>
      views?.bayesian && views.bayesian.expected_loss < threshold && views.bayesian.expected_loss_control < threshold,
  );
  if (candidates.length === 0 || !(isSmall || (method === "bayesian" && losesLittle))) return undefined;
  return {
    code: "no_effect",
    title: "No meaningful effect",
    detail: [
      only,
      isSmall
        ? `Any change is smaller than the ${plainPercent(limit ?? 0)} that was worth finding.`
        : `Neither choice is expected to lose ${plainPercent(threshold)} or more.`,
    ],
    reasons: evidence(facts, only),
    next_step: candidates.some(({ open }) => open.length > 0)
      ? "Keep the control unless something else speaks for a variant: not every guardrail is within its limit."
      : "Choose on other grounds: cost, simplicity, taste.",
  };
};

/** What the planned effect needs, where that is known; at the end also what that means. */
export const unitsNeeded = ({ min_detectable_effect: target, power, progress, isOver, isAtEnd }: Facts): Prose => {
  if (target === null || !progress || progress.units_needed === null) return undefined;
  const { units, units_needed: needed, days_to_needed: range } = progress;
  if (isAtEnd && units >= needed)
    return `There were enough units to find a change of ${plainPercent(target)} in ${plainPercent(power)} of experiments, so that one of that size is not likely.`;
  return [
    `To find a change of ${plainPercent(target)}, ${isOver ? "a re-run" : "it"} needs about ${count(Number(needed.toPrecision(3)))} units in all; there are ${count(units)}.`,
    isAtEnd && range && `At the pace of the last seven days that takes ${dayRange(range)} more.`,
  ];
};

/** The end is there, and nothing is clear. */
export const inconclusive = (facts: Facts): Saying => {
  const { method, primary, only, isOver, earlyEnd } = facts;
  const base = { code: "inconclusive", title: "Ended without an answer" } as const;
  if (!primary)
    return {
      ...base,
      detail: "There is no primary metric to decide by.",
      reasons: evidence(facts),
      next_step: "Choose a primary metric before the next start.",
    };
  return {
    ...base,
    detail: only
      ? only.range
        ? `The change with ${only.name} is ${only.range}; one beyond that is unlikely.`
        : `${primary.name} could not be compared, because ${whyUndefined(only)}.`
      : "No variant can be told from the control.",
    reasons: [earlyEnd, unitsNeeded(facts), evidence(facts, only)],
    next_step:
      !isOver && (method === "anytime" || method === "bayesian")
        ? "Let it run on, which this method allows, or complete it and leave things as they are."
        : `${isOver ? "Leave" : "Complete it, and leave"} things as they are or run it again with more units.`,
  };
};
