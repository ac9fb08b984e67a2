import { FEWEST_ROBUST_CLUSTERS } from "./cluster-robust.ts";
import type { Facts } from "./facts.ts";
import { MOST_CROSSOVERS } from "./health.ts";
import type { Prose } from "./prose.ts";
import type { Saying } from "./situation.ts";
import { count, listed, percent, pValueText } from "./wording.ts";

/** Something to be looked at before anybody decides. */
export type Doubt = Pick<Saying, "detail" | "reasons" | "next_step">;

/** What something is decided by and whose intervals of different days have nothing in common. */
const movedOf = ({ sequence, findings }: Facts): string =>
  listed(
    findings
      .filter(
        ({ metric, key }) =>
          metric.role !== "secondary" &&
          sequence.running.some((each) => each.moved && each.metric_key === metric.key && each.key === key),
      )
      .map(({ of }) => of),
  );

/** The bounds of the primary metric that an earlier look crossed and the last one did not, or on the other side. */
const takenBack = ({ sequence: { looks }, primary, variants }: Facts): string[] =>
  variants.flatMap(({ key, name }) => {
    const sides = looks.flatMap(({ number, comparisons }) =>
      comparisons
        .filter((each) => each.metric_key === primary?.key && each.key === key)
        .map(({ rejected, z }) => ({ number, side: rejected && Math.sign(z ?? 0) })),
    );
    const [crossed, last] = [sides.find(({ side }) => side), sides.at(-1)];
    return crossed && last && crossed.side !== last.side
      ? [`${name} crossed its bound at look ${crossed.number}, and at look ${last.number} it no longer did.`]
      : [];
  });

/** All that forbids to decide for better or for none, the gravest first. */
export const doubtsOf = (facts: Facts): Doubt[] => {
  const { method, crossovers, data, primary, earlyEnd } = facts;
  const moved = movedOf(facts);
  const backs = takenBack(facts);
  const doubts = [
    !crossovers.ok && {
      detail: `${percent(crossovers.share)} of the exposed units saw more than one variant. They are left out, and the others may not be comparable.`,
      reasons: [
        `${count(crossovers.units)} units did; up to ${percent(MOST_CROSSOVERS)} is normal.`,
        "Usual causes: an identifier that changes or is shared, or a variant chosen outside the SDK.",
      ],
      next_step: "Find why units change their variant, and start again.",
    },
    data.stale && {
      detail: "Nobody was exposed for two days or more.",
      next_step: "Check that variants are shown and that the SDK sends exposures, or complete the experiment.",
    },
    // Only a test that is read once is spoilt by an end that may have been chosen for its numbers.
    method === "fixed_horizon" &&
      primary &&
      earlyEnd && {
        detail: [earlyEnd, "A result read before the planned end finds winners that are none: treat it as a hint."],
        next_step: "Run it again to decide, to its planned end or by a method that may be read at any time.",
      },
    moved && {
      detail: `The intervals of different days have nothing in common for ${moved}. The effect changes with time: no one number describes it.`,
      reasons: "The interval shown is that of now.",
      next_step: "Look at the effect over time for a day on which something else changed.",
    },
    backs.length > 0 && {
      detail: [backs, "The effect may change with time."],
      next_step: "Look at the effect over time; by its rule the test ended at the look that crossed its bound first.",
    },
  ];
  return doubts.filter((doubt) => typeof doubt === "object");
};

/** What does not forbid a decision and should be known to who makes it. */
export const cautionsOf = ({ design, exposed, findings, pre_period, interference }: Facts): Prose => {
  return [
    findings.map(({ metric, key, of }) =>
      pre_period
        .filter((each) => !each.ok && each.metric_key === metric.key && each.variant_key === key)
        .map(({ p_value }) => `${of} was different before anyone was exposed (${pValueText(p_value)}).`),
    ),
    design === "cluster" &&
      exposed < FEWEST_ROBUST_CLUSTERS &&
      `There are ${count(exposed)} clusters; below ${FEWEST_ROBUST_CLUSTERS} the intervals are a little too narrow.`,
    interference &&
      !interference.ok &&
      `The control moves with the share of treated units (${pValueText(interference.p_value)}), as when units influence one another.`,
  ];
};
