import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaBinomial } from "../../analytics/beta-binomial.ts";
import { lnExceedance } from "../../analytics/beta-posterior.ts";
import { normalCdf } from "../../analytics/distributions/normal.ts";
import type { Proportion } from "../../analytics/two-proportions.ts";

const options = { prior: { a: 1, b: 1 }, alpha: 0.05, rope: 0.005 };
/** The divergence of a coin of q from one of p. */
const divergence = (p: number, q: number): number => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

const NOBODY = { n: 0, conversions: 0 };

const counts: fc.Arbitrary<Proportion> = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([magnitude, rate]) => ({ n: 10 ** magnitude, conversions: Math.round(rate * 10 ** magnitude) }));

describe("betaBinomial", () => {
  it("is the prior without units", () => {
    const result = betaBinomial(NOBODY, NOBODY, { ...options, prior: { a: 2, b: 50 } });
    expect(result.control.posterior).toEqual({ a: 2, b: 50 });
    expect(result.probabilityTreatmentBetter).toBeCloseTo(0.5, 13);
    expect(result.medianLift).toBeCloseTo(0, 12);
    expect(result.lnBayesFactor).toBeCloseTo(0, 12);
  });

  it("gives the closed forms of two uniform rates", () => {
    // T − C is triangular: P(|T − C| > d) = (1 − d)². T/C: P(T > kC) = 1/(2k).
    const result = betaBinomial(NOBODY, NOBODY, options);
    expect(result.differenceInterval[1]).toBeCloseTo(1 - Math.sqrt(0.05), 13);
    expect(result.differenceInterval[0]).toBeCloseTo(Math.sqrt(0.05) - 1, 13);
    expect(result.liftInterval[0]).toBeCloseTo(-0.95, 13);
    expect(result.liftInterval[1]).toBeCloseTo(19, 11);
    expect(result.probabilityInRope).toBeCloseTo(1 - 0.995 ** 2, 13);
    expect(result.expectedLossChoosingControl).toBeCloseTo(1 / 6, 13);
  });

  it("agrees with quadrature of 25 digits where a unit or three decide", () => {
    // mpmath: the d with quad(f_C(x)*betainc(1, 2, 0, x+d, regularized=True), [-d, 1]) = 0.025, C of Beta(2, 1); and the
    // r with quad(f_C(x)*betainc(2.5, 1.5, (1+r)*x, 1, regularized=True), [0, 1/(1+r)]) = 0.025 and 0.5, C of Beta(1.5, 2.5)
    expect(betaBinomial({ n: 1, conversions: 1 }, { n: 1, conversions: 0 }, options).differenceInterval[0]).toBeCloseTo(
      -0.8836623658670322,
      12,
    );
    const few = betaBinomial(
      { n: 3, conversions: 1 },
      { n: 3, conversions: 2 },
      { ...options, prior: { a: 0.5, b: 0.5 } },
    );
    expect(few.liftInterval[1]).toBeCloseTo(15.5807243783385, 10);
    expect(few.medianLift).toBeCloseTo(0.7460365719157, 12);
  });

  it("finds intervals where the densities have no bound", () => {
    // Jeffreys' prior is the arcsine distribution, sin² of a uniform angle; mpmath finds 0.025 above both bounds:
    // quad(2/pi*(1 - 2/pi*asin(sqrt(sin(t)**2 + d))), [0, asin(sqrt(1-d))]), and k*sin(t)**2 instead up to asin(sqrt(1/k))
    const jeffreys = betaBinomial(NOBODY, NOBODY, { ...options, prior: { a: 0.5, b: 0.5 } });
    expect(jeffreys.differenceInterval[1]).toBeCloseTo(0.9229923166605702, 12);
    expect(jeffreys.liftInterval[1]).toBeCloseTo(262.0315315642887, 9);
    const vague = betaBinomial(NOBODY, NOBODY, { ...options, prior: { a: 0.1, b: 0.1 } });
    expect(vague.differenceInterval[0]).toBeCloseTo(-vague.differenceInterval[1], 12);
    expect(vague.differenceInterval[1]).toBeGreaterThan(0.999);
  });

  it("mirrors when the variants change places", () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const there = betaBinomial(control, treatment, options);
        const back = betaBinomial(treatment, control, options);
        const scale = Math.hypot(...there.differenceInterval);
        expect(there.probabilityTreatmentBetter).toBeCloseTo(back.probabilityControlBetter, 12);
        expect(there.expectedLossChoosingControl).toBeCloseTo(back.expectedLossChoosingTreatment, 12);
        expect((there.differenceInterval[0] + back.differenceInterval[1]) / scale).toBeCloseTo(0, 9);
        // A lift of almost −1 has lost the digits of what is left.
        const [low, high] = there.liftInterval.map(Math.log1p);
        expect(low).toBeCloseTo(-Math.log1p(back.liftInterval[1]), 5);
        expect(high).toBeCloseTo(-Math.log1p(back.liftInterval[0]), 5);
        expect(there.probabilityInRope).toBeCloseTo(back.probabilityInRope, 12);
      }),
      { seed: 41, numRuns: 30 },
    );
  });

  it("orders its numbers: intervals around the median, losses apart by the difference of means", () => {
    fc.assert(
      fc.property(counts, counts, (control, treatment) => {
        const result = betaBinomial(control, treatment, options);
        expect(result.liftInterval[0]).toBeLessThan(result.medianLift);
        expect(result.liftInterval[1]).toBeGreaterThan(result.medianLift);
        expect(result.probabilityTreatmentBetter + result.probabilityControlBetter).toBeCloseTo(1, 12);
        expect(result.expectedLossChoosingControl - result.expectedLossChoosingTreatment).toBeCloseTo(
          result.treatment.mean - result.control.mean,
          12,
        );
        // An interval at level 1 − 2·min(P) ends at 0: the interval and the chance to win are of one distribution.
        const smaller = Math.min(result.probabilityTreatmentBetter, result.probabilityControlBetter);
        const excludes = result.differenceInterval[0] > 0 || result.differenceInterval[1] < 0;
        expect(excludes).toBe(smaller < options.alpha / 2);
      }),
      { seed: 42, numRuns: 30 },
    );
  });

  it("is close to normal for a billion units", () => {
    const result = betaBinomial({ n: 1e9, conversions: 5e8 }, { n: 1e9, conversions: 500_020_000 }, options);
    const standardError = Math.sqrt(0.5 / 1e9);
    expect(result.probabilityTreatmentBetter).toBeCloseTo(normalCdf(2e-5 / standardError), 8);
    expect(result.differenceInterval[1] / (2e-5 + 1.959963984540054 * standardError)).toBeCloseTo(1, 6);
  });

  it("resolves a rate known to a part in a million beside one of which nothing is known", () => {
    // The treatment is uniform and the control all but 1/2.
    const result = betaBinomial({ n: 1e9, conversions: 5e8 }, NOBODY, options);
    expect(result.differenceInterval[0]).toBeCloseTo(-0.475, 9);
    expect(result.differenceInterval[1]).toBeCloseTo(0.475, 9);
    expect(result.expectedLossChoosingControl).toBeCloseTo(0.125, 8);
  });

  it("swaps the variants where lower is better", () => {
    const control = { n: 100, conversions: 10 };
    const treatment = { n: 120, conversions: 20 };
    const higher = betaBinomial(control, treatment, options);
    const lower = betaBinomial(control, treatment, { ...options, lowerIsBetter: true });
    expect(lower.probabilityTreatmentBetter).toBe(higher.probabilityControlBetter);
    expect(lower.expectedLossChoosingTreatment).toBe(higher.expectedLossChoosingControl);
    expect(lower.differenceInterval).toEqual(higher.differenceInterval);
  });

  it.each([0, 1, 2])("finds all of the difference inside a rope of %d or more, and none in one of 0", (rope) => {
    const { probabilityInRope } = betaBinomial(NOBODY, NOBODY, { ...options, rope });
    expect(probabilityInRope).toBe(Math.min(rope, 1));
  });
});

describe("lnExceedance", () => {
  it.each([
    // mpmath, Miller's sum over i < a_X of B(a_Y+i, b_Y+b_X) / ((b_X+i)·B(1+i, b_X)·B(a_Y, b_Y)), 40 digits, logarithm
    [{ a: 1397, b: 1605 }, { a: 2423, b: 1040 }, -187.7811861787528],
    [{ a: 30, b: 1e6 }, { a: 200, b: 1e6 }, -74.09923406900822],
    [{ a: 3, b: 2 }, { a: 1e6, b: 9e6 }, -0.003706871145421052],
  ])("agrees with the exact sum however unlikely it is", (x, y, expected) => {
    expect(lnExceedance(x, y).lnProbability - expected).toBeCloseTo(0, 10);
  });

  it("gives the expected excess", () => {
    // mpmath: quad(betainc(5, 247, t, 1, regularized=True) * betainc(11, 221, 0, t, regularized=True), [0, 1])
    const { lnExpectedExcess } = lnExceedance({ a: 5, b: 247 }, { a: 11, b: 221 });
    expect(Math.exp(lnExpectedExcess) / 0.0002635214037365336).toBeCloseTo(1, 12);
  });

  it("has a logarithm where the probability is 10^−8,000,000", () => {
    // Sanov: both rates would have to be 0.15, so that the exponent is n·(KL(0.1‖0.15) + KL(0.2‖0.15)).
    const { lnProbability } = lnExceedance({ a: 1e8, b: 9e8 }, { a: 2e8, b: 8e8 });
    const exponent = -1e9 * (divergence(0.1, 0.15) + divergence(0.2, 0.15));
    expect(lnProbability / exponent).toBeCloseTo(1, 5);
  });
});
