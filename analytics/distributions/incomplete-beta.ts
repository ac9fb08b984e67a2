import { lnGammaRatio } from "./ln-gamma-ratio.ts";
import { lnGamma } from "./ln-gamma.ts";
import { type LnTails, tailsOfLower, tailsOfUpper } from "./ln-tails.ts";
import { betaExcess, lnBetaFactor } from "./saddle-point.ts";

/** Enough for parameters of some 1e12: the fraction needs of the order of √max(a, b) terms. */
const MAX_TERMS = 10_000_000;

/**
 * The continued fraction of I_x(a, b) without its factor, for x up to the mean a/(a+b).
 * `excess` = a − (a+b)x, which the caller computes from the smaller of x and y so that it does not cancel.
 *
 * Source: Didonato and Morris, "Algorithm 708" (ACM TOMS 18, 1992), BFRAC.
 */
const continuedFraction = (a: number, b: number, x: number, y: number, excess: number): number => {
  const c = 1 + excess;
  const c0 = b / a;
  const c1 = 1 + 1 / a;
  // Rescaled at every term, so that the current numerator and denominator are `fraction` and 1.
  let fraction = c1 / c;
  let previousNumerator = 0;
  let previousDenominator = fraction;
  let p = 1;
  let s = a + 1;
  for (let n = 1; n <= MAX_TERMS; n++) {
    const t = n / a;
    const w = n * (b - n) * x;
    const e = a / s;
    const alpha = p * (p + c0) * e * e * w * x;
    const beta = n + w / s + ((1 + t) / (c1 + t + t)) * (c + n * (y + 1));
    p = 1 + t;
    s += 2;
    const numerator = alpha * previousNumerator + beta * fraction;
    const denominator = alpha * previousDenominator + beta;
    const next = numerator / denominator;
    previousNumerator = fraction / denominator;
    previousDenominator = 1 / denominator;
    // Turned about so that NaN ends it too.
    if (!(Math.abs(next - fraction) > 4 * Number.EPSILON * next)) return next;
    fraction = next;
  }
  return fraction;
};

/**
 * ln I_x(a, b) by its power series, for a ≤ 1, x ≤ 1/2 and b·x ≤ 1. Every part is of the order of a, so that 1 − I keeps
 * its digits where it is of that order too; the continued fraction loses them there.
 *
 * Source: DLMF 8.17.7 and 15.2.1.
 */
const lnLowerSeries = (a: number, b: number, x: number): number => {
  let term = 1;
  let sum = 0;
  for (let n = 1; n <= MAX_TERMS && Math.abs(term) > Number.EPSILON / 100; n++) {
    term *= ((n - b) * x) / n;
    sum += term / (a + n);
  }
  return a * Math.log(x) + lnGammaRatio(b, a) - lnGamma(a + 1) + Math.log1p(a * sum);
};

const hasSeries = (a: number, b: number, x: number): boolean => a <= 1 && x <= 0.5 && b * x <= 1;

/**
 * The regularised incomplete beta function: I_x(a, b) as `lnLower` and 1 − I_x(a, b) as `lnUpper`, for a, b > 0 and
 * 0 ≤ x ≤ 1. `y` is 1 − x, passed separately because it may be far smaller than what is left of it in x.
 */
export const incompleteBeta = (a: number, b: number, x: number, y: number): LnTails => {
  if (x <= 0) return { lnLower: -Infinity, lnUpper: 0 };
  if (y <= 0) return { lnLower: 0, lnUpper: -Infinity };
  if (hasSeries(a, b, x)) return tailsOfLower(lnLowerSeries(a, b, x));
  if (hasSeries(b, a, y)) return tailsOfUpper(lnLowerSeries(b, a, y));
  const excess = betaExcess(a, b, x, y);
  const lnFactor = lnBetaFactor(a, b, x, y, excess);
  return excess >= 0
    ? tailsOfLower(lnFactor + Math.log(continuedFraction(a, b, x, y, excess)))
    : tailsOfUpper(lnFactor + Math.log(continuedFraction(b, a, y, x, -excess)));
};
