import { shortageOf } from "./enough-data.ts";
import { candidatesOf, isHarmful } from "./candidates.ts";
import { earlyEnd, type Schedule } from "./schedule.ts";
import { harmedBy } from "./sentences.ts";
import { primaryOf } from "./primary.ts";
import { isPaused, type Saying, type Situation } from "./situation.ts";
import { count, percent, pValueText } from "./wording.ts";
import { sumOf } from "./sum.ts";

/** Fewer units than this in a variant tell nothing, of whatever metric. */
const UNITS_ALONE = { units: 0, events: Infinity, observations: null, structure: "independent" } as const;

export const pausedReason = (situation: Situation): string[] =>
  isPaused(situation) ? ["The experiment is paused. Nobody new is decided until it is resumed."] : [];

/** Nobody was exposed. */
export const noData = (situation: Situation, { isOver }: Schedule): Saying | undefined => {
  const { variants, health } = situation;
  if (variants.some(({ exposures }) => exposures > 0) || health.crossovers.units > 0) return undefined;
  const base = { code: "no_data", variant_key: null } as const;
  return isOver
    ? {
        ...base,
        title: "No data",
        detail: "The experiment ended before anyone was exposed to it.",
        reasons: [],
        next_step: "Check that variants are shown and that the SDK sends exposures, then run it again.",
      }
    : {
        ...base,
        title: "Waiting for first users",
        detail: "No exposure has arrived yet.",
        reasons: [
          ...pausedReason(situation),
          "A unit counts from its first exposure, which the SDK sends when a variant is really shown.",
        ],
        next_step: isPaused(situation)
          ? "Resume the experiment."
          : "If it has been on for a while, check that the SDK is used, that somebody is eligible, and that exposures are sent.",
      };
};

/** The variants did not get their shares, so that nothing else may be read. */
export const invalidSplit = ({ health, variants }: Situation): Saying | undefined => {
  const { srm } = health;
  if (srm.ok) return undefined;
  const total = sumOf(variants, ({ exposures }) => exposures);
  const p = srm.sequential_p_value;
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
      ...(p === null || p >= 0.001
        ? ["A variant that should get nobody has units."]
        : [`A split this uneven hardly ever happens by chance, however often one looks (${pValueText(p)}).`]),
      ...srm.culprits
        .slice(0, 3)
        .map(
          ({ dimension, value, p_value }) =>
            `It is off where ${dimension} is ${value === null ? "none of the values kept apart" : `“${value}”`} (${pValueText(p_value)}).`,
        ),
    ],
    next_step: "Find what loses or adds units on one side, a redirect or a crash for example, and start again.",
  };
};

/** What the numbers still lack, a sentence by variant; empty when they suffice. Of a variant that is to get nobody nothing is missing. */
export const shortagesOf = (situation: Situation): ReadonlyMap<string, string> => {
  const primary = primaryOf(situation);
  const { variants, amounts, plan } = situation;
  const metric = plan.metrics.find(({ key }) => key === primary?.key);
  const lacking = variants.flatMap(({ key, name, exposures, expected_share, is_control }, index) => {
    if (expected_share === 0 && !is_control) return [];
    const amount = amounts[index];
    const shortage =
      metric && amount ? shortageOf(metric, amount) : shortageOf({ type: "sum" }, { ...UNITS_ALONE, units: exposures });
    if (!shortage) return [];
    const { of, has, needs } = shortage;
    const what = metric ? of.replace("an event", metric.name) : of;
    return [[key, `“${name}” has ${count(has)} of at least ${count(needs)} ${what}.`] as const];
  });
  return new Map(lacking);
};

/** Too few units for any interval to be relied on. */
export const collecting = (situation: Situation, schedule: Schedule): Saying | undefined => {
  const lacking = shortagesOf(situation);
  if (lacking.size === 0) return undefined;
  const harmful = candidatesOf(situation)
    .filter(isHarmful)
    .map((each) => `${each.name} looks worse in ${harmedBy(situation, each)}, on too few units to be sure.`);
  const base = {
    variant_key: null,
    reasons: [...pausedReason(situation), ...earlyEnd(situation, schedule), ...lacking.values(), ...harmful],
  };
  return schedule.isOver
    ? {
        ...base,
        code: "inconclusive",
        title: "Ended without an answer",
        detail: "There were too few units to compare the variants.",
        next_step: "Run it again for longer or with more of the traffic, or leave things as they are.",
      }
    : {
        ...base,
        code: "collecting",
        title: "Collecting data",
        detail: "There are too few units to compare the variants yet.",
        next_step: isPaused(situation)
          ? "Resume the experiment, or complete it."
          : situation.health.data.stale
            ? "Nobody was exposed for two days: check that variants are still shown."
            : "Wait for more units.",
      };
};
