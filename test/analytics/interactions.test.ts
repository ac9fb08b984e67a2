import { describe, expect, it } from "vitest";
import { interactionsOf } from "../../analytics/interactions.ts";
import { countsOf } from "../../analytics/tally.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Interaction } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, TREATMENT } from "./an-analysis.ts";
import { sharded } from "./sharded.ts";

const aWatched = (key: string, treatments = 1): AnalysisPlan["watched"][number] => ({
  id: key,
  key,
  name: key,
  variants: [
    ...Array.from({ length: treatments }, (_, i) => ({ id: `${key}${i + 1}`, key: `b${i + 1}`, is_control: false })),
    { id: `${key}0`, key: "a", is_control: true },
  ],
});

const PLAN = aPlan({ watched: [aWatched("w")] });

const interactionsIn = (cells: readonly SumsCell[], plan: AnalysisPlan = PLAN): Interaction[] =>
  interactionsOf(plan, countsOf(cells));

/** Units and conversions in a variant of this experiment and in one of the other. */
const both = (own: string, other: string, units: number, m0: number): SumsCell[] =>
  cellsOf(own, units, { m0 }).map((cell) => ({
    ...cell,
    kind: "joint",
    name: other.slice(0, 1),
    slice: other,
  }));

/** Exposed units of each variant, of whichever experiment. */
const exposed = (units: Readonly<Record<string, number>>): SumsCell[] =>
  Object.entries(units).flatMap(([id, n]) => cellsOf(id, n));

const FOUR = [
  ...both("v0", "w0", 1000, 100),
  ...both("v0", "w1", 1000, 120),
  ...both("v1", "w0", 1000, 130),
  ...both("v1", "w1", 1000, 200),
];

describe("an interaction", () => {
  it("is how much the effect differs between the other's variants", () => {
    const [interaction] = interactionsIn(FOUR);
    // (0.2 − 0.12) − (0.13 − 0.1), with the variances of four rates.
    const error = Math.sqrt((0.1 * 0.9 + 0.12 * 0.88 + 0.13 * 0.87 + 0.2 * 0.8) / 1000);
    const [contrast] = interaction?.contrasts ?? [];
    expect(contrast).toMatchObject({ key: "treatment", other_key: "b1" });
    expect(contrast?.contrast).toBeCloseTo(0.05, 12);
    expect(contrast?.ci_low).toBeCloseTo(0.05 - 1.959963984540054 * error, 12);
    // scipy.stats.norm.sf(2.309524254670251) * 2
    expect(contrast?.p_value).toBeCloseTo(0.020914507353564895, 12);
    expect(contrast?.adjusted_p_value).toBe(contrast?.p_value);
  });

  it("is of as many units as are in both, of all that are in either where that is known", () => {
    const joint = [...both("v0", "w0", 500, 50), ...both("v1", "w1", 500, 50)];
    const own = exposed({ v0: 1000, v1: 1000 });
    expect(interactionsIn([...joint, ...own])[0]).toMatchObject({ experiment_key: "w", units: 1000, jaccard: null });
    const read = [...joint, ...own, ...exposed({ w0: 1500, w1: 1500 })];
    expect(interactionsIn(read)[0]?.jaccard).toBeCloseTo(1000 / 4000, 12);
  });

  it("is not tested where little is shared, nor made up for then", () => {
    const plan = aPlan({ watched: [aWatched("w"), aWatched("u")] });
    const apart = [...both("v0", "u0", 100, 20), ...both("v1", "u1", 100, 20), ...exposed({ u0: 9000, u1: 9000 })];
    const cells = [...FOUR, ...apart, ...exposed({ v0: 2000, v1: 2000 })];
    const [shared, little] = interactionsIn(cells, plan);
    expect(little).toMatchObject({ units: 200, contrasts: [] });
    expect(shared?.contrasts[0]?.adjusted_p_value).toBe(shared?.contrasts[0]?.p_value);
  });

  it("leaves units seen in two variants of the other experiment out", () => {
    const crossed = [...both("v0", "w0", 900, 90), ...both("v1", "w0", 10, 9)].map((cell) => ({ ...cell, slice: "" }));
    expect(interactionsIn([...FOUR, ...crossed])).toEqual(interactionsIn(FOUR));
  });

  it("tells experiments that do not assign independently", () => {
    const cells = [
      ...both("v0", "w0", 300, 30),
      ...both("v0", "w1", 320, 30),
      ...both("v1", "w0", 310, 30),
      ...both("v1", "w1", 290, 30),
    ];
    // scipy.stats.chi2_contingency([[300, 320], [310, 290]], correction=False): p = 0.2520639603416003
    expect(interactionsIn(cells)[0]?.assignment_p_value).toBeCloseTo(0.2520639603416003, 12);
    const broken = [...both("v0", "w0", 900, 90), ...both("v1", "w1", 900, 90), ...both("v1", "w0", 100, 10)];
    expect(interactionsIn(broken)[0]?.assignment_p_value).toBeLessThan(1e-100);
  });

  it("has a contrast for each pair of variants besides the controls, corrected over all experiments", () => {
    const plan = aPlan({
      variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "other" })],
      watched: [aWatched("w", 2), aWatched("u")],
    });
    const cells = ["w0", "w1", "w2", "u0", "u1"].flatMap((other, i) =>
      ["v0", "v1", "v2"].flatMap((own, j) => both(own, other, 1000, 100 + 10 * i * j)),
    );
    const contrasts = interactionsIn(cells, plan).flatMap((each) => each.contrasts);
    expect(contrasts.map(({ key, other_key }) => [key, other_key])).toEqual([
      ["treatment", "b1"],
      ["treatment", "b2"],
      ["other", "b1"],
      ["other", "b2"],
      ["treatment", "b1"],
      ["other", "b1"],
    ]);
    for (const { p_value, adjusted_p_value } of contrasts)
      expect(adjusted_p_value).toBeCloseTo(Math.min(1, 6 * (p_value ?? 0)), 12);
  });

  it.each([
    ["a group is too small", [...FOUR.slice(0, 6), ...both("v1", "w1", 50, 20)], {}],
    ["nobody is in both", [], {}],
    ["the metric is a quantile", FOUR, { metrics: [aMetric({ type: "quantile", quantile: 0.5 })] }],
  ] as const)("is not tested where %s", (_, cells, change) => {
    const [interaction] = interactionsIn(cells, { ...PLAN, ...(change as Partial<AnalysisPlan>) });
    expect(interaction?.contrasts).toEqual([
      {
        key: "treatment",
        other_key: "b1",
        contrast: null,
        ci_low: null,
        ci_high: null,
        p_value: null,
        adjusted_p_value: null,
      },
    ]);
  });
});

it("interactions are the same in whatever order and from however many shards cells come", () => {
  const cells = [...FOUR, ...exposed({ v0: 3000, v1: 3000, w0: 2500, w1: 2600 })];
  const once = interactionsIn(cells);
  const random = seededRandom(4);
  for (let i = 0; i < 20; i++) expect(interactionsIn(sharded(cells, random))).toEqual(once);
});
