import type { MetricResult } from "../contract/results.ts";
import { type Candidate, isClean, isHarmful, isWinner, ranked } from "./candidates.ts";
import { cautionsOf } from "./doubts.ts";
import { earlyEnd, exposureGap, type Schedule } from "./schedule.ts";
import {
  changeSaid,
  guardrailSentence,
  harmedBy,
  primarySentence,
  sentence,
  unitsNeeded,
  whyUndefined,
} from "./sentences.ts";
import { primaryOf } from "./primary.ts";
import { nameOf, type Saying, type Situation } from "./situation.ts";
import { dayRange, listed, plainPercent, pValueText, rangeOf } from "./wording.ts";

/** Everything that a verdict rests on, beside the variant that it names. */
export const evidence = (
  situation: Situation,
  schedule: Schedule,
  candidates: readonly Candidate[],
  named?: Candidate,
): string[] => {
  const { health, metrics } = situation;
  const split = health.srm.sequential_p_value ?? health.srm.p_value;
  const said = (each: Candidate) =>
    each.guardrails.filter(({ reading }) => each === named || reading !== "within_limit");
  return [
    ...candidates.filter((each) => each !== named).map((each) => primarySentence(situation, each)),
    ...candidates.flatMap((each) => said(each).map((guarded) => guardrailSentence(situation, each.key, guarded))),
    ...metrics
      .filter(({ role }) => role === "secondary")
      .flatMap((metric) =>
        metric.comparisons
          .filter(({ reading }) => reading === "worse")
          .map(
            (comparison) => `${sentence(situation, metric, comparison)} It is worse, and the rule does not ask for it.`,
          ),
      ),
    ...cautionsOf(situation),
    ...exposureGap(situation, schedule),
    ...(split === null ? [] : [`The units are split as planned (${pValueText(split)}).`]),
  ];
};

/** What a group-sequential test says too strongly when it ends at a look before its last. Source: Jennison & Turnbull (2000), section 8.3. */
const stoppedAtLook = ({ plan, sequence }: Situation): string[] => {
  const look = sequence.looks.at(-1);
  if (plan.method !== "group_sequential" || !look || look.number >= plan.looks) return [];
  return [
    `The numbers are those of look ${look.number} of ${plan.looks}. An estimate at a look that ends a test is on average a little too far from 0.`,
  ];
};

/** What became of the others where one is shipped. */
const harmOfOthers = (situation: Situation, candidates: readonly Candidate[]): string[] =>
  candidates
    .filter(isHarmful)
    .map((each) => `${each.name} does harm: it is worse than the control in ${harmedBy(situation, each)}.`);

const rivals = (winners: readonly Candidate[], best: Candidate): string[] =>
  winners.length < 2
    ? []
    : [
        `${listed(winners.map(({ name }) => name))} are better than the control. They were not compared with one another; ${best.name} has the largest effect.`,
      ];

const stopping = (candidates: readonly Candidate[]): string => {
  const names = candidates.filter(isHarmful).map(({ name }) => name);
  return names.length === 0 ? "" : ` Stop ${listed(names)} in any case.`;
};

/** A variant that is better and does no harm: the best clean one, or else the best. */
export const ship = (
  situation: Situation,
  schedule: Schedule,
  candidates: readonly Candidate[],
): Saying | undefined => {
  const primary = primaryOf(situation);
  const winners = ranked(candidates.filter(isWinner), primary);
  const clean = winners.filter(isClean);
  const [best] = clean.length > 0 ? clean : winners;
  if (!best) return undefined;
  const reasons = [
    ...rivals(clean.length > 0 ? clean : winners, best),
    ...harmOfOthers(situation, candidates),
    ...stoppedAtLook(situation),
    ...evidence(situation, schedule, candidates, best),
  ];
  const base = { variant_key: best.key, reasons };
  if (clean.length > 0)
    return {
      ...base,
      code: "ship",
      title: `Ready to ship ${best.name}`,
      detail: `${primarySentence(situation, best)} ${best.guardrails.length > 0 ? "Every guardrail is within its limit." : "There is no guardrail."}`,
      next_step: `${schedule.isOver ? "Give" : "Complete the experiment and give"} ${best.name} to everyone.${stopping(candidates)}`,
    };
  const open = best.guardrails.filter(({ reading }) => reading !== "within_limit").map(({ metric }) => metric.name);
  const mayGoOn = !schedule.isOver && situation.plan.method !== "fixed_horizon";
  return {
    ...base,
    code: "ship_tradeoff",
    title: "Better, but at a cost",
    detail: `${primarySentence(situation, best)} Harm to ${listed(open)} beyond what is put up with is not ruled out.`,
    next_step: `${
      mayGoOn
        ? `Let it run on to learn more of ${listed(open)}, or decide whether the gain is worth what it may cost.`
        : `Decide whether the gain is worth what it may cost in ${listed(open)}.`
    }${stopping(candidates)}`,
  };
};

/** Nothing but harm: of several, the worst is named. */
export const stopHarm = (
  situation: Situation,
  schedule: Schedule,
  candidates: readonly Candidate[],
): Saying | undefined => {
  const harmful = ranked(candidates.filter(isHarmful), primaryOf(situation));
  const worst = harmful.findLast(({ reading }) => reading === "worse") ?? harmful.at(-1);
  if (!worst) return undefined;
  const rest = candidates.length - harmful.length;
  const names = listed(harmful.map(({ name }) => name));
  const guarded = worst.guardrails.find(({ reading }) => reading === "crossed_limit");
  return {
    code: "stop_harm",
    variant_key: worst.key,
    title: `Stop: ${worst.name} does harm`,
    detail:
      worst.reading === "worse" || !guarded
        ? `${primarySentence(situation, worst)} It is worse than the control.`
        : guardrailSentence(situation, worst.key, guarded),
    reasons: [
      ...harmOfOthers(situation, candidates),
      ...stoppedAtLook(situation),
      ...evidence(situation, schedule, candidates, worst),
    ],
    next_step:
      rest > 0 && !schedule.isOver
        ? `Stop ${names}. What is left needs a new phase, or the experiment its end.`
        : `${schedule.isOver ? "Do not ship" : "Stop the experiment, and do not ship"} ${names}.`,
  };
};

/** All variants' changes are smaller than what was worth finding; by a Bayesian rule also where neither choice can lose much. */
export const noEffect = (
  situation: Situation,
  schedule: Schedule,
  candidates: readonly Candidate[],
): Saying | undefined => {
  const { min_detectable_effect: limit, method, loss_threshold: threshold } = situation.plan;
  const isWithin = ({ primary }: Candidate): boolean => {
    const [low, high] = [primary?.lift_ci_low ?? null, primary?.lift_ci_high ?? null];
    return limit !== null && low !== null && high !== null && low >= -limit && high <= limit;
  };
  const losesLittle = ({ primary }: Candidate): boolean => {
    const posterior = primary?.views.bayesian;
    return posterior ? Math.max(posterior.expected_loss, posterior.expected_loss_control) < threshold : false;
  };
  if (candidates.length === 0) return undefined;
  const small = candidates.every(isWithin);
  if (!small && !(method === "bayesian" && candidates.every(losesLittle))) return undefined;
  const [only] = candidates;
  const said = candidates.length === 1 && only ? `${primarySentence(situation, only)} ` : "";
  const open = candidates.some((each) => !isClean(each));
  return {
    code: "no_effect",
    variant_key: null,
    title: "No meaningful effect",
    detail: small
      ? `${said}Any change is smaller than the ${plainPercent(limit ?? 0)} that was worth finding, so you can choose on other grounds.`
      : `${said}Neither choice is expected to lose ${plainPercent(threshold)} or more, so you can choose on other grounds.`,
    reasons: evidence(situation, schedule, candidates, only && candidates.length === 1 ? only : undefined),
    next_step: open
      ? "Keep the control unless something else speaks for a variant: not every guardrail is within its limit."
      : "Choose on other grounds: cost, simplicity, taste.",
  };
};

/** What a re-run, or more days, would need. */
const needs = (situation: Situation, { isOver }: Schedule): string[] => {
  const { plan, progress } = situation;
  const said = unitsNeeded(situation, isOver ? "a re-run" : "it");
  if (said.length === 0 || !progress) return [];
  const range = progress.days_to_needed;
  if (progress.units >= (progress.units_needed ?? 0))
    return [
      `There were enough units to find a change of ${plainPercent(plan.min_detectable_effect ?? 0)} in ${plainPercent(plan.power)} of experiments, so that one of that size is not likely.`,
    ];
  return range === null || isOver
    ? said
    : [...said, `At the pace of the last seven days that takes ${dayRange(range)} more.`];
};

const ruledOut = (situation: Situation, metric: MetricResult | undefined, candidates: readonly Candidate[]): string => {
  const [only] = candidates;
  if (candidates.length !== 1 || !only || !metric) return "No variant can be told from the control.";
  const change = only.primary && changeSaid(metric, only.primary);
  return change && only.reading !== "undefined"
    ? `The change with ${nameOf(situation, only.key)} is ${rangeOf(change)}; one beyond that is unlikely.`
    : `${metric.name} could not be compared, because ${whyUndefined(only.primary)}.`;
};

/** The end is there, and nothing is clear. */
export const inconclusive = (situation: Situation, schedule: Schedule, candidates: readonly Candidate[]): Saying => {
  const { method } = situation.plan;
  const primary = primaryOf(situation);
  const base = { code: "inconclusive", variant_key: null, title: "Ended without an answer" } as const;
  if (!primary)
    return {
      ...base,
      detail: "There was no primary metric to decide by.",
      reasons: evidence(situation, schedule, candidates),
      next_step: "Choose a primary metric before the next start.",
    };
  const mayGoOn = !schedule.isOver && (method === "anytime" || method === "bayesian");
  return {
    ...base,
    detail: ruledOut(situation, primary, candidates),
    reasons: [
      ...earlyEnd(situation, schedule),
      ...needs(situation, schedule),
      ...evidence(situation, schedule, candidates, candidates.length === 1 ? candidates[0] : undefined),
    ],
    next_step: mayGoOn
      ? "Let it run on, which this method allows, or complete it and leave things as they are."
      : `${schedule.isOver ? "Leave" : "Complete it, and leave"} things as they are or run it again with more units.`,
  };
};
