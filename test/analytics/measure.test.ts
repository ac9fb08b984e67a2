import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrastOf } from "../../analytics/contrast.ts";
import { bucketRange } from "../../analytics/histogram.ts";
import { measure } from "../../analytics/measure.ts";
import { countsOf } from "../../analytics/tally.ts";
import { bucketBounds, bucketOf } from "../../counting/histogram.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aCell, aMetric, aPlan, type AUnit, CONTROL, cellsOfUnits, TREATMENT } from "./an-analysis.ts";

const random = seededRandom(11);
const whole = (below: number): number => Math.floor(random() * below);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

/** What the delta method says of Σy/Σd, unit by unit. */
const ratio = (units: readonly AUnit[]): { readonly value: number; readonly variance: number } => {
  const [y, d] = [units.map((unit) => unit.y), units.map((unit) => unit.d ?? 0)];
  const value = mean(y) / mean(d);
  return { value, variance: variance(y.map((top, i) => (top - value * d[i]!) / mean(d))) / units.length };
};

const oneOf = (
  type: Parameters<typeof aMetric>[0] & object,
  cells: readonly SumsCell[],
  design = "parallel" as const,
) => measure(aPlan({ design }), aMetric(type), CONTROL, countsOf(cells));

/** So many units that are all worth 3. */
const same = (n: number) => [
  aCell({ n }),
  ...cellsOfUnits(
    "v0",
    "m0",
    Array.from({ length: n }, () => ({ y: 3 })),
    {
      kind: "bucket",
      slice: String(bucketOf(3e6)),
    },
  ).slice(1),
];

describe("a measured variant", () => {
  it.each(["mean", "ratio"] as const)(
    "of a %s metric is the ratio of sums with the delta method's variance",
    (type) => {
      const units = Array.from({ length: 200 }, () => ({ y: whole(30), d: whole(4) }));
      const measured = oneOf({ type }, cellsOfUnits("v0", "m0", units));
      const expected = ratio(units);
      expect(measured).toMatchObject({ n: 200, reason: null, sum: units.reduce((sum, { y }) => sum + y, 0) });
      expect(measured.denominator).toBe(units.reduce((sum, { d }) => sum + d, 0));
      expect(measured.mean).toBeCloseTo(expected.value, 12);
      expect(measured.variance).toBeCloseTo(expected.variance, 12);
    },
  );

  it("of a time counts only the units that did it, whose number is chance, too", () => {
    const units = Array.from({ length: 300 }, () => (random() < 0.4 ? { y: whole(5000), d: 1 } : { y: 0, d: 0 }));
    const cells = cellsOfUnits(
      "v0",
      "m0",
      units.map(({ y, d }) => ({ y, hasEvent: d === 1 })),
    );
    const measured = oneOf({ type: "time_to_event" }, cells);
    expect(measured.mean).toBeCloseTo(ratio(units).value, 10);
    expect(measured.variance).toBeCloseTo(ratio(units).variance, 8);
    expect(measured.denominator).toBe(units.filter(({ d }) => d === 1).length);
  });

  it("of clusters is their total over their members, those of clusters that did nothing included", () => {
    const clusters = Array.from({ length: 40 }, () => ({ y: random() < 0.3 ? 0 : whole(9), d: 1 + whole(20) }));
    const [exposed, did] = [cellsOfUnits("v0", "", clusters), cellsOfUnits("v0", "m0", clusters)];
    // The metric's own cell has only the clusters with an event.
    const acting = cellsOfUnits(
      "v0",
      "m0",
      clusters.filter(({ y }) => y > 0),
    );
    const exposure = aCell({ n: 40, sums: { d: exposed[1]!.sums.d!, dd: exposed[1]!.sums.dd! } });
    const plan = aPlan({ design: "cluster" });
    const measured = measure(plan, aMetric({ type: "sum" }), CONTROL, countsOf([exposure, acting[1]!]));
    expect(did[1]!.sums.yd).toBe(acting[1]!.sums.yd);
    expect(measured.mean).toBeCloseTo(ratio(clusters).value, 12);
    expect(measured.variance).toBeCloseTo(ratio(clusters).variance, 12);
    expect(contrastOf(measured, { ...measured, key: "treatment" }).degreesOfFreedom).toBe(78);
  });

  it("has no covariates in times and in clusters, which nothing before can sharpen", () => {
    const units = Array.from({ length: 50 }, () => ({ y: whole(9), d: 1 + whole(5), x: whole(9), e: 1 + whole(5) }));
    const cells = cellsOfUnits("v0", "m0", units);
    expect(oneOf({ type: "sum" }, cells).covariates).not.toBeNull();
    expect(oneOf({ type: "ratio" }, cells).covariates).not.toBeNull();
    expect(oneOf({ type: "time_to_event" }, cells).covariates).toBeNull();
    expect(
      measure(aPlan({ design: "cluster" }), aMetric({ type: "ratio" }), CONTROL, countsOf(cells)).covariates,
    ).toBeNull();
  });

  it("of a quantile is that of the units with an event, and its error close to that of the values themselves", () => {
    const values = Array.from({ length: 4000 }, () => Math.round(-Math.log(1 - random()) * 1e8));
    const buckets = Map.groupBy(values, (value) => String(bucketOf(value)));
    const cells = [...buckets].map(([slice, own]) => {
      const [total] = cellsOfUnits(
        "v0",
        "m0",
        own.map((value) => ({ y: value / 1e6 })),
        { kind: "bucket", slice },
      ).slice(1);
      return total!;
    });
    const sorted = values.toSorted((a, b) => a - b).map((value) => value / 1e6);
    const at = (level: number): number => sorted[Math.floor(level * 4000)]!;
    for (const quantile of [0.5, 0.9]) {
      const measured = oneOf({ type: "quantile", quantile }, [aCell({ n: 9000 }), ...cells]);
      const half = 1.96 * Math.sqrt((quantile * (1 - quantile)) / 4000);
      expect(measured).toMatchObject({ n: 4000, units: 9000, reason: null });
      expect(measured.mean! / at(quantile)).toBeCloseTo(1, 2);
      expect(Math.sqrt(measured.variance) / ((at(quantile + half) - at(quantile - half)) / 2 / 1.96)).toBeCloseTo(1, 1);
    }
  });

  it("of a quantile that all units share has no variance, and of too few units none either", () => {
    expect(oneOf({ type: "quantile", quantile: 0.5 }, same(1000))).toMatchObject({ mean: 3, reason: "zero_variance" });
    expect(oneOf({ type: "quantile", quantile: 0.99 }, same(300))).toMatchObject({ reason: "too_few_observations" });
  });

  it("of a switchback test is the mean over windows, however many units each had", () => {
    const windows = Array.from({ length: 12 }, (_, index) =>
      Array.from({ length: 5 + whole(30) }, () => ({ y: whole(10) + (index % 2) })),
    );
    const cells = windows.flatMap((units, index) =>
      cellsOfUnits("v0", "m0", units, { kind: "block", slice: String(index) }),
    );
    const all = windows.flatMap((units) => cellsOfUnits("v0", "m0", units));
    const means = windows.map((units) => mean(units.map(({ y }) => y)));
    const plan = aPlan({ design: "switchback" });
    const measured = measure(plan, aMetric({ type: "count" }), CONTROL, countsOf([...all, ...cells]));
    expect(measured).toMatchObject({ n: windows.flat().length, observations: 12, reason: null });
    expect(measured.mean).toBeCloseTo(mean(means), 12);
    expect(measured.variance).toBeCloseTo(variance(means) / 12, 12);
  });

  it("of an interleaving test is its share of the credit, and the difference the mean over units of what the second won more", () => {
    const credit = Array.from({ length: 150 }, () => [-1, -0.5, 0, 1][whole(4)]!);
    const cells = credit.flatMap((y) =>
      cellsOfUnits("", "m0", [{ y }], { kind: "credit", slice: y > 0 ? "v0" : y < 0 ? "v1" : "tie" }).slice(1),
    );
    const plan = aPlan({ design: "interleaving" });
    const [first, second] = [CONTROL, TREATMENT].map((variant) => measure(plan, aMetric(), variant, countsOf(cells)));
    const contrast = contrastOf(first!, second!);
    expect(first!.mean! + second!.mean!).toBeCloseTo(1, 12);
    expect(contrast.difference).toBeCloseTo(-mean(credit), 12);
    expect(contrast.variance).toBeCloseTo(variance(credit) / 150, 12);
    expect(contrast.degreesOfFreedom).toBe(149);
    expect(contrast.units).toBe(150);
  });

  it.each([
    ["no_data", { type: "sum" }, []],
    ["no_data", { type: "quantile", quantile: 0.5 }, cellsOfUnits("v0", "m0", [{ y: 1 }])],
    ["too_few_observations", { type: "count" }, cellsOfUnits("v0", "m0", [{ y: 1 }])],
    ["zero_denominator", { type: "ratio" }, cellsOfUnits("v0", "m0", [{ y: 1 }, { y: 2 }])],
    ["too_few_observations", { type: "mean" }, cellsOfUnits("v0", "m0", [{ y: 4, d: 2 }])],
  ] as const)("has %s", (reason, type, cells) => {
    expect(oneOf(type, cells)).toMatchObject({ reason, variance: 0 });
  });

  it("has too few clusters below two", () => {
    const one = [aCell({ n: 1, sums: { d: "3000000", dd: "9000000000000" } }), aCell({ metric_id: "m0", n: 1 })];
    expect(measure(aPlan({ design: "cluster" }), aMetric(), CONTROL, countsOf(one)).reason).toBe("too_few_clusters");
  });

  it("has buckets where counting puts them", () => {
    fc.assert(
      fc.property(fc.integer({ min: -3000, max: 3000 }), (bucket) => {
        const { lower, upper } = bucketBounds(bucket);
        expect(bucketRange(bucket).map((bound) => bound + 0)).toEqual([Number(lower), Number(upper)]);
      }),
    );
  });
});
