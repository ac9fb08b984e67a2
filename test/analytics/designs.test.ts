import { describe, expect, it } from "vitest";
import { designsOf } from "../../analytics/designs.ts";
import { countsOf } from "../../analytics/tally.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { DesignResults } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aCell, aMetric, aPlan, aVariant, cellsOf, cellsOfUnits, CONTROL } from "./an-analysis.ts";
import { sharded } from "./sharded.ts";

const designsIn = (cells: readonly SumsCell[], plan: AnalysisPlan): DesignResults => designsOf(plan, countsOf(cells));

/** The plan of a full factorial of factors with so many levels, the last factor's level changing first. */
const aFactorial = (...sizes: readonly number[]): AnalysisPlan => {
  const levels = sizes.reduce<number[][]>(
    (cells, size) => cells.flatMap((cell) => Array.from({ length: size }, (_, level) => [...cell, level])),
    [[]],
  );
  return aPlan({
    factors: sizes.map((size, f) => ({
      key: `f${f}`,
      levels: Array.from({ length: size }, (_, level) => ({ key: `l${level}` })),
    })),
    variants: levels.map((each, i) =>
      aVariant({ id: `v${i}`, key: each.join(""), is_control: i === 0, levels: each, weight_bp: 1000 }),
    ),
  });
};

const conversions = (units: number, ...converted: readonly number[]): SumsCell[] =>
  converted.flatMap((m0, i) => cellsOf(`v${i}`, units, { m0 }));

it("an experiment of parallel variants has none of what only designs have", () => {
  expect(designsIn(cellsOf("v0", 10, { m0: 5 }), aPlan())).toEqual({
    factorial: null,
    cluster: null,
    switchback: null,
    interleaving: null,
  });
});

describe("a factorial", () => {
  it("has the main effects and the interaction of two factors with two levels", () => {
    const { factorial } = designsIn(conversions(1000, 100, 120, 140, 200), aFactorial(2, 2));
    expect(factorial?.map(({ name }) => name)).toEqual(["f0", "f1", "f0 × f1"]);
    const effects = factorial?.map(({ effect }) => effect) ?? [];
    // ((0.14 + 0.2) − (0.1 + 0.12))/2, ((0.12 + 0.2) − (0.1 + 0.14))/2 and ((0.1 + 0.2) − (0.12 + 0.14))/2.
    for (const [i, expected] of [0.06, 0.04, 0.02].entries()) expect(effects[i]).toBeCloseTo(expected, 12);
    const error = Math.sqrt((0.1 * 0.9 + 0.12 * 0.88 + 0.14 * 0.86 + 0.2 * 0.8) / 1000) / 2;
    for (const { effect, ci_high } of factorial ?? []) expect(ci_high - effect).toBeCloseTo(1.959963985 * error, 9);
  });

  it("has each level against the first where a factor has more", () => {
    const { factorial } = designsIn(conversions(1000, 100, 120, 150, 130, 150, 180), aFactorial(2, 3));
    expect(factorial?.map(({ name }) => name)).toEqual([
      "f0: l1",
      "f1: l1",
      "f1: l2",
      "f0: l1 × f1: l1",
      "f0: l1 × f1: l2",
    ]);
    expect(factorial?.[0]?.effect).toBeCloseTo(0.03, 12);
    expect(factorial?.[2]?.effect).toBeCloseTo(0.05, 12);
    expect(factorial?.[3]?.effect).toBeCloseTo(0, 12);
  });

  it("is corrected by Holm's method over all effects", () => {
    const { factorial } = designsIn(conversions(1000, 100, 120, 140, 200), aFactorial(2, 2));
    const [first, second, third] = factorial ?? [];
    expect(first?.adjusted_p_value).toBeCloseTo(3 * (first?.p_value ?? 0), 12);
    expect(second?.adjusted_p_value).toBeCloseTo(2 * (second?.p_value ?? 0), 12);
    expect(third?.adjusted_p_value).toBe(third?.p_value);
  });

  it("has no effects while a cell is missing or nothing varies", () => {
    const plan = aFactorial(2, 2);
    expect(designsIn(conversions(1000, 100, 120, 140), plan).factorial).toEqual([]);
    expect(designsIn(conversions(1000, 0, 0, 0, 0), plan).factorial).toEqual([]);
    expect(designsIn(conversions(9, 1, 2, 3, 4), { ...plan, variants: plan.variants.slice(0, 3) }).factorial).toEqual(
      [],
    );
  });
});

it("a factorial has no effects while a cell's ratio would be divided by 0", () => {
  const plan = { ...aFactorial(2, 2), metrics: [aMetric({ type: "ratio" })] };
  const units = Array.from({ length: 200 }, (_, i) => ({ y: i % 7, d: 1 + (i % 3) }));
  const cells = ["v0", "v1", "v2"].flatMap((id) => cellsOfUnits(id, "m0", units));
  const empty = cellsOfUnits(
    "v3",
    "m0",
    units.map(({ y }) => ({ y, d: 0 })),
  );
  expect(designsIn([...cells, ...cellsOfUnits("v3", "m0", units)], plan).factorial).toHaveLength(3);
  expect(designsIn([...cells, ...empty], plan).factorial).toEqual([]);
});

describe("clusters", () => {
  it("are counted, and the variant with the fewest", () => {
    const cells = [...cellsOf("v0", 30), ...cellsOf("v1", 20)];
    expect(designsIn(cells, aPlan({ design: "cluster" })).cluster).toEqual({
      clusters: 50,
      design_effect: null,
      fewest_in_a_variant: 20,
    });
    expect(designsIn(cellsOf("v0", 30), aPlan({ design: "cluster" })).cluster?.fewest_in_a_variant).toBe(0);
  });
});

const aWindow = (variant_id: string, slice: string, n: number): SumsCell =>
  aCell({ kind: "block", variant_id, slice, n });

describe("a switchback test", () => {
  it("counts the windows of each side that had units", () => {
    const cells = [aWindow("v0", "7", 5), aWindow("v1", "7", 5), aWindow("v0", "7", 3), aWindow("v1", "8", 0)];
    expect(designsIn(cells, aPlan({ design: "switchback" })).switchback).toEqual({ blocks: 2, needed: 20 });
  });
});

/** Units that gave all their credit to one variant, or half of it to each. */
const credit = (slice: string, n: number): SumsCell => {
  const y = slice === "v0" ? 1 : slice === "v1" ? -1 : 0;
  return aCell({
    kind: "credit",
    variant_id: "",
    metric_id: "m0",
    slice,
    n,
    sums: { y: `${y * n}000000`, yy: `${y * y * n}000000000000` },
  });
};

describe("an interleaving test", () => {
  const plan = aPlan({
    design: "interleaving",
    variants: [CONTROL, aVariant({ id: "v1", key: "b" })],
    metrics: [
      aMetric(),
      aMetric({ id: "m1", key: "clicks", type: "count", role: "secondary" }),
      aMetric({ id: "m2", key: "ratio", type: "ratio", role: "secondary" }),
    ],
  });
  it("counts wins and ties, and gives the second's preference", () => {
    const [purchase, clicks] =
      designsIn([credit("v0", 40), credit("v1", 60), credit("tie", 20)], plan).interleaving ?? [];
    expect(purchase).toMatchObject({ metric_key: "purchase", wins_first: 40, wins_second: 60, ties: 20 });
    // scipy.stats.binomtest(60, 100): p = 0.05688793364098089
    expect(purchase?.p_value).toBeCloseTo(0.05688793364098089, 12);
    // The mean of [-0.5] * 40 + [0.5] * 60 + [0] * 20 is 1/12; its interval by scipy.stats.ttest_1samp(...).confidence_interval()
    expect(purchase?.preference).toBeCloseTo(1 / 12, 12);
    expect(purchase?.ci_low).toBeCloseTo(0.0018757786035910606, 9);
    expect(purchase?.ci_high).toBeCloseTo(0.1647908880630756, 9);
    expect(clicks).toEqual({
      metric_key: "clicks",
      wins_first: 0,
      wins_second: 0,
      ties: 0,
      preference: null,
      ci_low: null,
      ci_high: null,
      p_value: null,
    });
  });

  it("has credit for conversions, counts and sums alone", () => {
    expect(designsIn([], plan).interleaving?.map(({ metric_key }) => metric_key)).toEqual(["purchase", "clicks"]);
  });

  it("has no interval where all agree", () => {
    expect(designsIn([credit("v1", 30)], plan).interleaving?.[0]).toMatchObject({
      preference: 0.5,
      ci_low: null,
      p_value: expect.closeTo(2 ** -29, 15),
    });
  });
});

it("designs are the same in whatever order and from however many shards cells come", () => {
  const cells = conversions(1000, 100, 120, 140, 200);
  const once = designsIn(cells, aFactorial(2, 2));
  const random = seededRandom(2);
  for (let i = 0; i < 20; i++) expect(designsIn(sharded(cells, random), aFactorial(2, 2))).toEqual(once);
});
