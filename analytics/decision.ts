import type { Comparison, MetricResult } from "../contract/results.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import {
  earlyEndOf,
  nameOf,
  primaryOf,
  progressOf,
  type Reading,
  readingAt,
  type Saying,
  type Situation,
} from "./situation.ts";
import { changeOf, percent, pValueText, signedPercent } from "./wording.ts";

/** One variant against the control, with what the primary metric and each guardrail say of it. */
interface Candidate {
  readonly key: string;
  readonly name: string;
  readonly comparison: Comparison;
  /** At the plan's level. */
  readonly primary: Reading;
  /** Better at the level that is shared among the variants. */
  readonly wins: boolean;
  readonly guardrails: readonly { readonly metric: MetricResult; readonly reading: Reading }[];
}

const candidatesOf = (situation: Situation, primary: MetricResult): Candidate[] => {
  const alpha = situation.plan.significance_level;
  const guardrails = situation.metrics.filter(({ role }) => role === "guardrail");
  return primary.comparisons.map((comparison) => ({
    key: comparison.key,
    name: nameOf(situation, comparison.key),
    comparison,
    primary: readingAt(alpha, primary, comparison),
    wins: readingAt(alpha / primary.comparisons.length, primary, comparison) === "better",
    guardrails: guardrails.map((metric) => {
      const its = metric.comparisons.find(({ key }) => key === comparison.key);
      return { metric, reading: its ? readingAt(alpha, metric, its) : "open" };
    }),
  }));
};

const isHarmful = ({ primary, guardrails }: Candidate): boolean =>
  primary === "worse" || guardrails.some(({ reading }) => reading === "worse");

const isClean = ({ guardrails }: Candidate): boolean => guardrails.every(({ reading }) => reading !== "open");

/** By how far the primary metric moved in the good direction, the furthest first. */
const ranked = (candidates: readonly Candidate[], { direction }: MetricResult): Candidate[] => {
  const good = ({ comparison }: Candidate): number =>
    (comparison.difference ?? 0) * (direction === "increase" ? 1 : -1);
  return candidates.toSorted((a, b) => good(b) - good(a));
};

const sentence = (situation: Situation, metric: MetricResult, comparison: Comparison): string => {
  const change = changeOf(metric, comparison);
  const name = nameOf(situation, comparison.key);
  if (!change || comparison.p_value === null) return `${metric.name} could not be compared for “${name}”.`;
  const level = Number(((1 - situation.plan.significance_level) * 100).toFixed(1));
  return `${metric.name} with “${name}”: ${change.estimate} (${level}\u00A0% interval ${change.low} to ${change.high}, ${pValueText(comparison.p_value)}).`;
};

const worseMetrics = (primary: MetricResult, candidate: Candidate): string[] => [
  ...(candidate.primary === "worse" ? [primary.name] : []),
  ...candidate.guardrails.filter(({ reading }) => reading === "worse").map(({ metric }) => metric.name),
];

const harms = (situation: Situation, candidates: readonly Candidate[]): string[] =>
  candidates.flatMap(({ key, guardrails }) =>
    guardrails
      .filter(({ reading }) => reading === "worse")
      .flatMap(({ metric }) =>
        metric.comparisons.filter((its) => its.key === key).map((its) => sentence(situation, metric, its)),
      ),
  );

/** The rules that were fixed before the numbers were seen, as far as they bear on this reading. */
const rules = (situation: Situation, candidates: readonly Candidate[]): string[] => {
  const alpha = situation.plan.significance_level;
  const progress = progressOf(situation);
  return [
    candidates.length > 1
      ? `With ${candidates.length} variants against the control, each has to reach p < ${Number((alpha / candidates.length).toPrecision(2))} to be shipped (Bonferroni), so that none wins by luck.`
      : `The rule is p < ${alpha} at the planned end.`,
    ...(situation.health.srm.p_value === null
      ? []
      : [`The units are split as planned (${pValueText(situation.health.srm.p_value)}).`]),
    ...(progress?.lastExposureOnDay !== undefined && progress.endedEarlyOnDay === undefined
      ? [
          `Nobody new was exposed after day ${progress.lastExposureOnDay} of the ${progress.plannedDays} planned. A test that is stopped when its numbers look good finds false winners.`,
        ]
      : []),
  ];
};

/** How many times as many units would find the smallest effect worth finding with 80 % power, if more than now. */
const unitsNeeded = ({ plan }: Situation, candidates: readonly Candidate[]): number | undefined => {
  const target = plan.min_detectable_effect;
  if (target === null) return undefined;
  const widest = candidates.reduce(
    (most, { comparison: { lift_ci_low, lift_ci_high } }) =>
      lift_ci_low === null || lift_ci_high === null ? Infinity : Math.max(most, (lift_ci_high - lift_ci_low) / 2),
    0,
  );
  const z = normalUpperQuantile(plan.significance_level / 2);
  const times = ((z + normalUpperQuantile(0.2)) / z) ** 2 * (widest / target) ** 2;
  return times > 1 && times < Infinity ? times : undefined;
};

/**
 * The decision at the planned end, by rules fixed before the numbers were seen. A variant does harm when its primary
 * metric or a guardrail is worse; it may be shipped when it does no harm and its primary metric is better at the level
 * shared among the variants. A guardrail without a number costs the clean bill. Of several, the best is named; of several
 * that do harm, the worst. An experiment that was ended by hand before its planned end is never decided: the end may have
 * been chosen for its numbers, and they say the same however late they are read.
 */
export const decide = (situation: Situation): Saying => {
  const primary = primaryOf(situation);
  if (!primary)
    return {
      code: "inconclusive",
      variant_key: null,
      title: "Ended without an answer",
      detail: "There was no primary metric to decide by.",
      reasons: [],
    };

  const candidates = candidatesOf(situation, primary);
  const harmful = candidates.filter(isHarmful);
  const winners = candidates.filter((candidate) => candidate.wins && !isHarmful(candidate));
  const reasonsBeside = (named?: Candidate): string[] => [
    ...candidates
      .filter((candidate) => candidate !== named)
      .map(({ comparison }) => sentence(situation, primary, comparison)),
    ...harms(situation, candidates),
    ...rules(situation, candidates),
  ];

  const early = earlyEndOf(situation);
  if (early !== undefined)
    return {
      code: "degraded",
      variant_key: null,
      title: "Check before deciding",
      detail: `${early} A result read before the planned end finds false winners; treat it as a hint and run it again to decide.`,
      reasons: [
        ...harmful.map(
          (each) => `“${each.name}” looks worse than the control in ${worseMetrics(primary, each).join(" and ")}.`,
        ),
        ...reasonsBeside(),
      ],
    };

  const guarded = situation.metrics.some(({ role }) => role === "guardrail");

  const [ship] = ranked(winners.filter(isClean), primary);
  if (ship)
    return {
      code: "ship",
      variant_key: ship.key,
      title: `Ready to ship “${ship.name}”`,
      detail: `${sentence(situation, primary, ship.comparison)} ${guarded ? "No guardrail shows harm." : "There is no guardrail."}`,
      reasons: reasonsBeside(ship),
    };

  const [tradeoff] = ranked(winners, primary);
  if (tradeoff) {
    const open = tradeoff.guardrails.filter(({ reading }) => reading === "open").map(({ metric }) => metric.name);
    return {
      code: "ship_tradeoff",
      variant_key: tradeoff.key,
      title: "Better, but at a cost",
      detail: `${sentence(situation, primary, tradeoff.comparison)} Harm to ${open.join(", ")} is not ruled out.`,
      reasons: [
        ...reasonsBeside(tradeoff),
        ...tradeoff.guardrails
          .filter(({ reading }) => reading === "open")
          .map(({ metric }) => `${metric.name} is a guardrail and could not be compared.`),
      ],
    };
  }

  const harm = ranked(harmful, primary).at(-1);
  if (harm)
    return {
      code: "stop_harm",
      variant_key: harm.key,
      title: `Stop: “${harm.name}” does harm`,
      detail: harmful
        .map((each) => `“${each.name}” is worse than the control in ${worseMetrics(primary, each).join(" and ")}.`)
        .join(" "),
      reasons: reasonsBeside(),
    };

  const limit = situation.plan.min_detectable_effect;
  const isWithin = ({ comparison: { lift_ci_low, lift_ci_high } }: Candidate): boolean =>
    limit !== null && lift_ci_low !== null && lift_ci_high !== null && lift_ci_low >= -limit && lift_ci_high <= limit;
  if (limit !== null && candidates.length > 0 && candidates.every(isWithin))
    return {
      code: "no_effect",
      variant_key: null,
      title: "No meaningful effect",
      detail: `Any change is smaller than the ${percent(limit)} that was worth finding, so you can choose on other grounds.`,
      reasons: reasonsBeside(),
    };

  const [only] = candidates;
  const change = candidates.length === 1 && only ? changeOf(primary, only.comparison) : undefined;
  const times = unitsNeeded(situation, candidates);
  return {
    code: "inconclusive",
    variant_key: null,
    title: "Ended without an answer",
    detail: change
      ? `The change is between ${change.low} and ${change.high}; one beyond that is unlikely.`
      : "No variant can be told from the control.",
    reasons: [
      ...reasonsBeside(),
      ...(times === undefined || limit === null
        ? []
        : [
            `To find a change of ${signedPercent(limit)}, a re-run needs about ${Math.max(1.1, times).toFixed(1)} times as many units.`,
          ]),
    ],
  };
};
