import { stopHarm } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { Saying } from "./situation.ts";
import { count, percent, pValueText } from "./wording.ts";

/** Nobody was exposed. */
export const noData = (facts: Facts): Saying | undefined => {
  const { exposed, crossovers, isOver, paused } = facts;
  if (exposed + crossovers.units > 0) return undefined;
  return isOver
    ? {
        code: "no_data",
        title: "No data",
        detail: "The experiment ended before anyone was exposed to it.",
        next_step: "Check that variants are shown and that the SDK sends exposures, then run it again.",
      }
    : {
        code: "no_data",
        title: "Waiting for first users",
        detail: "No exposure has arrived yet.",
        reasons: [paused, "A unit counts from its first exposure, which the SDK sends when a variant is really shown."],
        next_step: paused
          ? "Resume the experiment."
          : "If it has been on for a while, check that somebody is eligible and that the SDK sends exposures.",
      };
};

/** The variants did not get their shares, so that nothing else may be read. */
export const invalidSplit = ({ srm, variants, exposed }: Facts): Saying | undefined => {
  const { ok, sequential_p_value: p, culprits } = srm;
  if (ok) return undefined;
  return {
    code: "invalid_split",
    title: "Do not use these results",
    detail:
      "The variants did not get the shares of units that were planned. What caused that can also have caused any difference between them.",
    reasons: [
      variants.map(
        ({ name, exposures, expected_share }) =>
          `${name} has ${count(exposures)} units, ${percent(exposures / Math.max(1, exposed))} instead of ${percent(expected_share)}.`,
      ),
      p === null || p >= 0.001
        ? "A variant that should get nobody has units."
        : `A split this uneven hardly ever happens by chance, however often one looks (${pValueText(p)}).`,
      culprits
        .slice(0, 3)
        .map(
          ({ dimension, value, p_value }) =>
            `It is off where ${dimension} is ${value === null ? "any other value" : `“${value}”`} (${pValueText(p_value)}).`,
        ),
    ],
    next_step: "Find what loses or adds units on one side, a redirect or a crash for example, and start again.",
  };
};

/** Too few units for any interval to be relied on. */
export const tooFew = (facts: Facts): Saying | undefined => {
  const { variants, candidates, data, isOver, paused, earlyEnd, mayTellHarm } = facts;
  const lacks = variants.flatMap(({ lack }) => lack ?? []);
  if (lacks.length === 0) return undefined;
  // Harm of a variant that has enough units is told, whatever another one lacks that gets few of them.
  const mayTellSome = mayTellHarm && !variants.some(({ is_control, lack }) => is_control && lack);
  const harm = mayTellSome ? stopHarm(facts) : undefined;
  if (harm) return harm;
  const reasons = [
    paused,
    earlyEnd,
    lacks,
    candidates.map(
      ({ name, looksHarmed }) => looksHarmed && `${name} looks worse in ${looksHarmed}, on too few units to be sure.`,
    ),
  ];
  return isOver
    ? {
        code: "inconclusive",
        title: "Ended without an answer",
        detail: "There were too few units to compare the variants.",
        reasons,
        next_step: "Run it again for longer or with more of the traffic, or leave things as they are.",
      }
    : {
        code: "collecting",
        title: "Collecting data",
        detail: "There are too few units to compare the variants yet.",
        reasons,
        next_step: paused
          ? "Resume the experiment, or complete it."
          : data.stale
            ? "Nobody was exposed for two days: check that variants are still shown."
            : "Wait for more units.",
      };
};
