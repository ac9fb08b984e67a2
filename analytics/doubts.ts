import { FEWEST_ROBUST_CLUSTERS } from "./cluster-robust.ts";
import type { MetricResult } from "../contract/results.ts";
import { earlyEnd, type Schedule } from "./schedule.ts";
import { primaryOf } from "./primary.ts";
import { nameOf, type Situation } from "./situation.ts";
import { sumOf } from "./sum.ts";
import { count, listed, percent, pValueText } from "./wording.ts";

/** Something to be looked at before anybody decides. */
export interface Doubt {
  readonly detail: string;
  readonly reasons: readonly string[];
  readonly nextStep: string;
}

/** More units than this in two variants mean that something re-assigns them. */
const MOST_CROSSOVERS = 0.01;

const crossovers = ({ health }: Situation): Doubt[] => {
  const { ok, units, share } = health.crossovers;
  if (ok) return [];
  return [
    {
      detail: `${percent(share)} of the exposed units saw more than one variant. They are left out, and those that remain may no longer be comparable.`,
      reasons: [
        `${count(units)} units were seen in two variants; up to ${percent(MOST_CROSSOVERS)} is normal.`,
        "Usual causes: an identifier that changes or is shared, or a variant that is chosen outside the SDK.",
      ],
      nextStep: "Find why units change their variant, and start again with what is fixed.",
    },
  ];
};

const stale = ({ health }: Situation): Doubt[] =>
  health.data.stale
    ? [
        {
          detail: "Nobody was exposed for two days or more, though the experiment runs.",
          reasons: [],
          nextStep: "Check that variants are still shown and that exposures arrive, or complete the experiment.",
        },
      ]
    : [];

/** Only a test that is read once is spoilt by an end that may have been chosen for its numbers. */
const endedEarly = (situation: Situation, schedule: Schedule): Doubt[] =>
  situation.plan.method !== "fixed_horizon" || !primaryOf(situation)
    ? []
    : earlyEnd(situation, schedule).map((sentence) => ({
        detail: `${sentence} A result read before the planned end finds winners that are none: treat it as a hint.`,
        reasons: [],
        nextStep: "Run it again to decide, to its planned end or by a method that may be read at any time.",
      }));

/** Of a metric that something is decided by. */
const deciding = ({ metrics }: Situation, metricKey: string): MetricResult | undefined =>
  metrics.find(({ key, role }) => key === metricKey && role !== "secondary");

const moved = (situation: Situation): Doubt[] => {
  const names = situation.sequence.running
    .filter((each) => each.moved)
    .flatMap(({ metric_key, key }) => {
      const metric = deciding(situation, metric_key);
      return metric ? [`${metric.name} with ${nameOf(situation, key)}`] : [];
    });
  return names.length === 0
    ? []
    : [
        {
          detail: `The intervals of different days have nothing in common for ${listed(names)}. The effect changes with time, so that no one number describes it.`,
          reasons: ["The interval that is shown is that of now."],
          nextStep: "Look at the effect over time for a day on which something else changed.",
        },
      ];
};

/** A bound of the primary metric that an earlier look crossed and the last one did not, or on the other side. */
const takenBack = (situation: Situation): Doubt[] => {
  const { looks } = situation.sequence;
  const primary = primaryOf(situation);
  const last = looks.at(-1);
  const signOf = (look: (typeof looks)[number], key: string): number => {
    const its = look.comparisons.find((each) => each.metric_key === primary?.key && each.key === key);
    return its?.rejected ? Math.sign(its.z ?? 0) : 0;
  };
  const backs = (primary?.comparisons ?? []).flatMap(({ key }) => {
    const crossed = looks.find((look) => signOf(look, key) !== 0);
    return last && crossed && signOf(last, key) !== signOf(crossed, key)
      ? [
          `${nameOf(situation, key)} crossed its bound at look ${crossed.number}, and at look ${last.number} it no longer did.`,
        ]
      : [];
  });
  return backs.length === 0
    ? []
    : [
        {
          detail: `${backs.join(" ")} The effect may change with time.`,
          reasons: [],
          nextStep:
            "Look at the effect over time; by its rule the test ended at the look that crossed its bound first.",
        },
      ];
};

/** All that forbids to decide for better or for none, the gravest first. */
export const doubtsOf = (situation: Situation, schedule: Schedule): Doubt[] => [
  ...crossovers(situation),
  ...stale(situation),
  ...endedEarly(situation, schedule),
  ...moved(situation),
  ...takenBack(situation),
];

/** What does not forbid a decision and should be known to who makes it. */
export const cautionsOf = (situation: Pick<Situation, "plan" | "health" | "metrics" | "variants">): string[] => {
  const { plan, health, metrics } = situation;
  const clusters = sumOf(situation.variants, ({ exposures }) => exposures);
  const imbalanced = health.pre_period
    .filter(({ ok }) => !ok)
    .map(({ metric_key, variant_key, p_value }) => {
      const name = metrics.find(({ key }) => key === metric_key)?.name ?? metric_key;
      return `${name} with ${nameOf(situation, variant_key)} was different before anyone was exposed (${pValueText(p_value)}).`;
    });
  return [
    ...imbalanced,
    ...(plan.design === "cluster" && clusters < FEWEST_ROBUST_CLUSTERS
      ? [
          `There are ${count(clusters)} clusters; with fewer than ${FEWEST_ROBUST_CLUSTERS} the intervals are a little too narrow.`,
        ]
      : []),
    ...(health.interference && !health.interference.ok
      ? [
          `The control moves with the share of units that are treated (${pValueText(health.interference.p_value)}), as it does when units influence one another.`,
        ]
      : []),
  ];
};
