import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustedContrastOf, type Contrast, contrastOf } from "../../analytics/contrast.ts";
import { anytime, fixedHorizon, posteriorOf } from "../../analytics/estimate.ts";
import { fiellerLift } from "../../analytics/fieller.ts";
import { liftInterval, liftVariance } from "../../analytics/lift-interval.ts";
import { liftStandardError } from "../../analytics/lift.ts";
import { type Measured, measureTally } from "../../analytics/measure.ts";
import { tallyOf } from "../../analytics/tally.ts";
import { seededRandom } from "../random.ts";
import { aMetric, type AUnit, CONTROL, cellsOfUnits, TREATMENT } from "./an-analysis.ts";

const random = seededRandom(7);
const whole = (below: number): number => Math.floor(random() * below);

/** Units whose past tells of what they do. */
const simulated = (n: number, effect: number): AUnit[] =>
  Array.from({ length: n }, () => {
    const x = whole(20);
    const e = 1 + whole(4);
    return { x, e, y: Math.round(0.7 * x) + whole(8) + effect, d: e + whole(3) };
  });

const measured = (type: "sum" | "ratio", variant: typeof CONTROL, units: readonly AUnit[]): Measured =>
  measureTally("parallel", aMetric({ type }), variant, tallyOf(cellsOfUnits(variant.id, "m0", units)));

const before = simulated(300, 0);
const after = simulated(260, 2);
const pairOf = (type: "sum" | "ratio"): [Measured, Measured] => [
  measured(type, CONTROL, before),
  measured(type, TREATMENT, after),
];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const covariance = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * (b[i]! - meanB), 0) / (a.length - 1);
};
const variance = (values: readonly number[]): number => covariance(values, values);
const of = (units: readonly AUnit[], name: "y" | "x" | "d" | "e"): number[] => units.map((unit) => unit[name] ?? 0);

/** What a unit's share in a ratio is, linearised. */
const line = (units: readonly AUnit[], top: "y" | "x", bottom: "d" | "e"): number[] => {
  const ratio = mean(of(units, top)) / mean(of(units, bottom));
  return units.map((unit) => ((unit[top] ?? 0) - ratio * (unit[bottom] ?? 0)) / mean(of(units, bottom)));
};

const positive = fc.double({ min: 0.01, max: 4, noNaN: true });

/** Noise and baseline of any strength, and how they go together. */
const contrasts = fc
  .record({
    difference: fc.double({ min: -2, max: 2, noNaN: true }),
    baseline: fc.double({ min: -5, max: 5, noNaN: true }).filter((value) => Math.abs(value) > 1e-3),
    sd: fc.double({ min: 1e-3, max: 3, noNaN: true }),
    baselineSd: fc.double({ min: 1e-3, max: 3, noNaN: true }),
    correlation: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
  })
  .map(({ sd, baselineSd, correlation, ...rest }): Contrast => ({
    ...rest,
    key: "treatment",
    reason: null,
    variance: sd * sd,
    baselineVariance: baselineSd * baselineSd,
    covariance: correlation * sd * baselineSd,
    degreesOfFreedom: null,
    units: 1000,
  }));

describe("a contrast adjusted by the units' past", () => {
  it("is the regression that the units themselves give", () => {
    const adjusted = adjustedContrastOf(...pairOf("sum"));
    const [y, x] = [of([...before, ...after], "y"), of([...before, ...after], "x")];
    const theta = covariance(y, x) / variance(x);
    const left = (units: readonly AUnit[]): number[] => units.map((unit) => unit.y - theta * (unit.x ?? 0));
    expect(adjusted?.theta).toBeCloseTo(theta, 12);
    expect(adjusted?.difference).toBeCloseTo(mean(left(after)) - mean(left(before)), 12);
    expect(adjusted?.variance).toBeCloseTo(variance(left(before)) / 300 + variance(left(after)) / 260, 12);
    expect(adjusted?.baseline).toBeCloseTo(mean(of(before, "y")), 12);
    expect(adjusted?.covariance).toBeCloseTo(-covariance(left(before), of(before, "y")) / 300, 12);
  });

  it("is that of the ratios' linearisations for a ratio", () => {
    const adjusted = adjustedContrastOf(...pairOf("ratio"));
    const [now, past] = [before, after].reduce<[number, number]>(
      ([with_, without], units) => [
        with_ + covariance(line(units, "y", "d"), line(units, "x", "e")),
        without + variance(line(units, "x", "e")),
      ],
      [0, 0],
    );
    const theta = now / past;
    const left = (units: readonly AUnit[]): number[] => {
      const old = line(units, "x", "e");
      return line(units, "y", "d").map((value, i) => value - theta * old[i]!);
    };
    expect(adjusted?.theta).toBeCloseTo(theta, 10);
    expect(adjusted?.variance).toBeCloseTo(variance(left(before)) / 300 + variance(left(after)) / 260, 12);
    expect(adjusted?.covariance).toBeCloseTo(-covariance(left(before), line(before, "y", "d")) / 300, 12);
  });

  it("is narrower than the plain one where the past tells something", () => {
    for (const type of ["sum", "ratio"] as const) {
      const pair = pairOf(type);
      expect(adjustedContrastOf(...pair)?.variance).toBeLessThan(contrastOf(...pair).variance);
    }
  });

  it.each([
    ["there is none", simulated(50, 0).map(({ y }) => ({ y }))],
    ["it does not vary", simulated(50, 0).map(({ y }) => ({ y, x: 3 }))],
    ["it explains all, so that nothing is left to test by", simulated(50, 0).map(({ x = 0 }) => ({ y: 2 * x, x }))],
  ])("is not to be had where %s", (_why, units) => {
    expect(adjustedContrastOf(measured("sum", CONTROL, units), measured("sum", TREATMENT, units))).toBeNull();
  });
});

describe("the lift of a contrast", () => {
  it("has an interval that excludes 0 exactly when the test rejects, however baseline and difference go together", () => {
    fc.assert(
      fc.property(contrasts, fc.constantFrom(0.01, 0.05, 0.2), (contrast, alpha) => {
        for (const estimate of [fixedHorizon(contrast, alpha), anytime(contrast, alpha, 5000)]) {
          const { lift_ci_low: low, lift_ci_high: high, p_value: p } = estimate;
          if (low === null || high === null || p === null) continue;
          expect(low > 0 || high < 0).toBe(p < alpha);
          expect(estimate.ci_low! > 0 || estimate.ci_high! < 0).toBe(p < alpha);
        }
      }),
    );
  });

  it("has Fieller's interval and the delta method's variance of independent means", () => {
    fc.assert(
      fc.property(fc.tuple(positive, positive, positive, positive), ([c, vc, t, vt]) => {
        const [control, treatment] = [
          { mean: c, variance: vc / 100 },
          { mean: t, variance: vt / 100 },
        ];
        const contrast: Contrast = {
          difference: t - c,
          baseline: c,
          key: "treatment",
          reason: null,
          variance: control.variance + treatment.variance,
          baselineVariance: control.variance,
          covariance: -control.variance,
          degreesOfFreedom: null,
          units: 2,
        };
        const fieller = fiellerLift(control, treatment, 1.96);
        const interval = liftInterval(contrast, 1.96);
        expect(interval === undefined).toBe(fieller.kind === "unbounded");
        if (fieller.kind !== "bounded" || !interval) return;
        // Close to where it has no bound, its width is of the size of what rounding leaves of 1 − g.
        const close = 1e-9 / (1 - fieller.g) ** 2;
        for (const end of [0, 1] as const)
          expect(Math.abs(interval[end] - fieller.interval[end])).toBeLessThanOrEqual(
            close * (1 + Math.abs(fieller.interval[end])),
          );
        expect(liftVariance(contrast)).toBeCloseTo(liftStandardError(control, treatment)! ** 2, 9);
      }),
    );
  });

  it("turns around with the sign of what is better, and only its names do with that of the baseline", () => {
    fc.assert(
      fc.property(contrasts, (contrast) => {
        const flipped = { ...contrast, difference: -contrast.difference!, baseline: -contrast.baseline! };
        const [low, high] = liftInterval(contrast, 1.96) ?? [];
        const mirrored = liftInterval(flipped, 1.96);
        expect(mirrored === undefined).toBe(low === undefined);
        if (low === undefined || high === undefined || !mirrored) return;
        expect(mirrored[0]).toBeCloseTo(-high, 9);
        expect(mirrored[1]).toBeCloseTo(-low, 9);
      }),
    );
  });

  it("is believed to be what is good by the metric's direction", () => {
    const plan = {
      method: "bayesian",
      significance_level: 0.05,
      tuning_units: 100,
      prior_sd: null,
      min_detectable_effect: 0.05,
    } as const;
    const contrast = contrastOf(...pairOf("sum"));
    const [up, down] = (["increase", "decrease"] as const).map((direction) => posteriorOf(plan, contrast, direction));
    expect(up!.chance_to_win + down!.chance_to_win).toBeCloseTo(1, 12);
    expect(up!.expected_loss).toBeCloseTo(down!.expected_loss_control, 12);
    expect(up!.expected_loss_control - up!.expected_loss).toBeCloseTo(up!.lift_mean, 12);
  });
});
