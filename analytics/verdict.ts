import type { Verdict } from "../contract/results.ts";
import { decide } from "./decision.ts";
import {
  earlyEndOf,
  isOver,
  isReadable,
  nameOf,
  primaryOf,
  progressOf,
  readingAt,
  type Saying,
  type Situation,
} from "./situation.ts";
import { changeOf, count, days, percent, pValueText } from "./wording.ts";

/** Below these the normal approximation behind every number is not to be relied on. */
const FEWEST_UNITS = 100;
const FEWEST_EVENTS = 10;

/** More units than this in two variants means that something re-assigns them. */
const MOST_CROSSOVERS = 0.01;

const NEXT_STEPS: Record<Verdict["code"], string> = {
  no_data: "Show a variant to a first unit.",
  collecting: "Wait for more units.",
  invalid_split: "Find what loses or adds units on one side, and start again.",
  degraded: "Look at what is named above before deciding.",
  running: "Wait for the planned end.",
  ship: "Give the variant to everyone.",
  ship_tradeoff: "Decide whether the gain is worth what it may cost.",
  stop_harm: "Stop the variant that does harm.",
  no_effect: "Choose on other grounds.",
  inconclusive: "Run it again with more units, or leave things as they are.",
};

const isPaused = ({ plan }: Situation): boolean => plan.status === "paused";

const pausedReason = (situation: Situation): string[] =>
  isPaused(situation) ? ["The experiment is paused. Nobody new is decided until it is resumed."] : [];

const noData = (situation: Situation): Saying | undefined => {
  const { variants, health } = situation;
  if (variants.some(({ exposures }) => exposures > 0) || health.crossovers.units > 0) return undefined;
  return isOver(situation)
    ? {
        code: "no_data",
        variant_key: null,
        title: "No data",
        detail: "The experiment ended before anyone was exposed to it.",
        reasons: [],
      }
    : {
        code: "no_data",
        variant_key: null,
        title: "Waiting for first users",
        detail: "No exposure has arrived yet.",
        reasons: [
          ...pausedReason(situation),
          "A unit counts from its first exposure, which the SDK sends when a variant is really shown.",
        ],
      };
};

const invalidSplit = ({ health, variants }: Situation): Saying | undefined => {
  if (health.srm.ok) return undefined;
  const total = variants.reduce((sum, { exposures }) => sum + exposures, 0);
  const p = health.srm.p_value;
  return {
    code: "invalid_split",
    variant_key: null,
    title: "Do not use these results",
    detail:
      "The variants did not get the shares of units that were planned. Whatever caused that can also have caused any difference between them.",
    reasons: [
      ...variants.map(
        ({ name, exposures, expected_share }) =>
          `“${name}” has ${count(exposures)} units, ${percent(total === 0 ? 0 : exposures / total)} instead of ${percent(expected_share)}.`,
      ),
      ...(p === null ? [] : [`A split this uneven hardly ever happens by chance (${pValueText(p)}).`]),
    ],
  };
};

/** What the numbers still lack, one sentence for each variant; empty when they suffice. */
const shortages = (situation: Situation): string[] => {
  const primary = primaryOf(situation);
  return situation.variants.flatMap(({ name, exposures }, index) => {
    if (exposures < FEWEST_UNITS) return [`“${name}” has ${count(exposures)} of at least ${FEWEST_UNITS} units.`];
    if (!primary) return [];
    const withEvent = situation.unitsWithEvent[index] ?? 0;
    if (withEvent < FEWEST_EVENTS)
      return [`“${name}” has ${count(withEvent)} of at least ${FEWEST_EVENTS} units with ${primary.name}.`];
    // A rate near 100 % is as hard to tell from another as one near 0 %.
    if (primary.type === "conversion" && exposures - withEvent < FEWEST_EVENTS)
      return [
        `“${name}” has ${count(exposures - withEvent)} of at least ${FEWEST_EVENTS} units without ${primary.name}.`,
      ];
    return [];
  });
};

const early = (situation: Situation): string[] => {
  const sentence = earlyEndOf(situation);
  return sentence === undefined ? [] : [sentence];
};

const collecting = (situation: Situation): Saying | undefined => {
  const reasons = shortages(situation);
  if (reasons.length === 0) return undefined;
  return isOver(situation)
    ? {
        code: "inconclusive",
        variant_key: null,
        title: "Ended without an answer",
        detail: "There were too few units to compare the variants.",
        reasons: [...early(situation), ...reasons],
      }
    : {
        code: "collecting",
        variant_key: null,
        title: "Collecting data",
        detail: "There are too few units to compare the variants yet.",
        reasons: [...pausedReason(situation), ...reasons],
      };
};

const degraded = (situation: Situation): Saying | undefined => {
  const { crossovers } = situation.health;
  if (crossovers.share <= MOST_CROSSOVERS) return undefined;
  return {
    code: "degraded",
    variant_key: null,
    title: "Check before deciding",
    detail: `${percent(crossovers.share)} of the exposed units saw more than one variant. They are left out, and those that remain may no longer be comparable.`,
    reasons: [
      `${count(crossovers.units)} units were seen in two variants; up to ${percent(MOST_CROSSOVERS)} is normal.`,
      "Usual causes: an identifier that changes or is shared, or a variant that is chosen outside the SDK.",
      ...early(situation),
    ],
  };
};

/** The verdict while it runs, or, while it is paused, what that means, with the numbers as a reason. */
const soFar = (situation: Situation, detail: string, reasons: readonly string[]): Saying => {
  const progress = progressOf(situation);
  const left = progress ? `${days(progress.daysLeft)} left.` : "";
  const base = { code: "running", variant_key: null } as const;
  return isPaused(situation)
    ? {
        ...base,
        title: "Paused",
        detail: `Nobody new is decided, and the clock of the plan goes on: ${left} Resume the experiment to go on, or complete it.`,
        reasons: [detail, ...reasons],
      }
    : { ...base, title: "Keep running", detail: `${detail} ${left}`.trimEnd(), reasons: [...reasons] };
};

/** A test of fixed length is read once, so until then it may say how far it is, but not what to do. */
const running = (situation: Situation): Saying | undefined => {
  if (isReadable(situation)) return undefined;
  const { plan } = situation;
  const progress = progressOf(situation);
  const end = progress ? `its planned end (day ${progress.plannedDays})` : "its planned end";
  const primary = primaryOf(situation);
  if (!primary)
    return {
      code: "running",
      variant_key: null,
      title: isPaused(situation) ? "Paused" : "Counting without a verdict",
      detail: "There is no primary metric, so no verdict will come.",
      reasons: pausedReason(situation),
    };

  const alpha = plan.significance_level;
  const lines = primary.comparisons.flatMap((comparison) => {
    const change = changeOf(primary, comparison);
    if (!change) return [];
    const { key, p_value } = comparison;
    return [
      {
        name: nameOf(situation, key),
        change,
        p: p_value ?? 1,
        clear: readingAt(alpha, primary, comparison) !== "unclear",
      },
    ];
  });
  const [first] = lines.toSorted((a, b) => a.p - b.p);
  const guardrails = situation.metrics
    .filter(({ role }) => role === "guardrail")
    .flatMap((metric) =>
      metric.comparisons
        .filter((comparison) => readingAt(alpha, metric, comparison) === "worse")
        .map(({ key }) => `${metric.name}: looks worse with “${nameOf(situation, key)}” so far.`),
    );
  const reasons = [
    ...(lines.length > 1
      ? lines.map(({ name, change }) => `“${name}”: ${primary.name} between ${change.low} and ${change.high}.`)
      : []),
    ...guardrails,
    ...(first?.clear ? [] : [`The result is read at ${end}.`]),
  ];
  if (!first) return soFar(situation, `Not clear yet: ${primary.name} does not vary enough to compare.`, reasons);
  const of = lines.length > 1 ? ` with “${first.name}”` : "";
  const range = `between ${first.change.low} and ${first.change.high}`;
  return soFar(
    situation,
    first.clear
      ? `So far the change${of} is ${range}, but this test is read at ${end}: looking early finds false winners.`
      : `Not clear yet. The change${of} is ${range}.`,
    reasons,
  );
};

/**
 * What to do, as a word and in plain sentences. The rules in order, the first that applies: no data; a split that is not
 * the planned one; too few units; too many units in two variants; still running; and then the decision itself, which an
 * experiment that was ended before its planned end does not get.
 *
 * The statistics are those of a test that is read once. Reading it every day and stopping when it looks good finds false
 * winners, so no decision is given before the planned end, nor after an earlier end, however clear the numbers look.
 */
export const verdictOf = (situation: Situation): Verdict => {
  const saying =
    noData(situation) ??
    invalidSplit(situation) ??
    collecting(situation) ??
    degraded(situation) ??
    running(situation) ??
    decide(situation);
  const { plan } = situation;
  return {
    ...saying,
    rule: `The rule is p < ${plan.significance_level} at the planned end.`,
    next_step: NEXT_STEPS[saying.code],
  };
};
