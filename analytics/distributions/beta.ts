import { incompleteBeta } from "./incomplete-beta.ts";
import { normalScore, smallerTailOfLower, smallerTailOfUpper, solveTail, type Tail } from "./invert.ts";
import { type LnTails, tailsOfLower, tailsOfUpper } from "./ln-tails.ts";
import { lnGamma } from "./ln-gamma.ts";
import { lnGammaRatio } from "./ln-gamma-ratio.ts";
import { lnBetaFactor } from "./saddle-point.ts";

/** ln of the density at an end, where only the exponent of what is 0 there matters. */
const lnDensityAtEnd = (a: number, b: number): number => (a === 1 ? Math.log(b) : a < 1 ? Infinity : -Infinity);

/** ln of the density x^(a−1)·y^(b−1) / B(a, b) for a, b > 0 and 0 ≤ x ≤ 1, with y = 1 − x. */
export const betaLnDensity = (x: number, y: number, a: number, b: number): number => {
  if (x <= 0) return lnDensityAtEnd(a, b);
  if (y <= 0) return lnDensityAtEnd(b, a);
  return lnBetaFactor(a, b, x, y) - Math.log(x) - Math.log(y);
};

/** P(X ≤ x) and P(X > x) for X beta with a, b > 0, at 0 ≤ x ≤ 1 with y = 1 − x. */
export const betaLnTails = (x: number, y: number, a: number, b: number): LnTails => incompleteBeta(a, b, x, y);

/** P(X > x), computed as an upper tail. */
export const betaSf = (x: number, a: number, b: number): number => Math.exp(incompleteBeta(a, b, x, 1 - x).lnUpper);

/** P(X ≤ x). */
export const betaCdf = (x: number, a: number, b: number): number => Math.exp(incompleteBeta(a, b, x, 1 - x).lnLower);

/** The least logit(x) that the lower tail allows: I_x(a, b) = x^a / (a·B(a, b))·(1 + O(b·x)). */
const logitOfLower = (lnLower: number, a: number, b: number): number =>
  (lnLower + lnGamma(a + 1) - lnGammaRatio(b, a)) / a;

/**
 * logit(x) = ln(x / (1 − x)) where the beta distribution has this tail: a finite number however near to 0 or 1 x is, and
 * as such the logarithm of an F or t² up to a factor.
 */
export const betaLogitQuantile = (tail: Tail, a: number, b: number): number => {
  const [side, ln] = tail;
  const { lnLower, lnUpper } = side === "lnLower" ? tailsOfLower(ln) : tailsOfUpper(ln);
  const least = logitOfLower(lnLower, a, b);
  if (least < -40 - Math.log1p(b)) return least;
  const most = -logitOfLower(lnUpper, b, a);
  if (most > 40 + Math.log1p(a)) return most;
  // The logit is nearly normal where both parameters are large, and nearly exponential in its tails.
  // A tail below the smallest double only needs a start that is finite.
  const normal = Math.log(a / b) + normalScore(tail) * Math.sqrt(1 / a + 1 / b);
  const at = (u: number) => {
    const x = 1 / (1 + Math.exp(-u));
    const y = 1 / (1 + Math.exp(u));
    return { tails: incompleteBeta(a, b, x, y), lnDensity: lnBetaFactor(a, b, x, y) };
  };
  return solveTail(tail, at, Math.max(least, Math.min(most, normal)));
};

const logistic = (u: number): number => 1 / (1 + Math.exp(-u));

/** The x with P(X ≤ x) = p, for 0 ≤ p ≤ 1. */
export const betaQuantile = (p: number, a: number, b: number): number =>
  p <= 0 ? 0 : p >= 1 ? 1 : logistic(betaLogitQuantile(smallerTailOfLower(p), a, b));

/** The x with P(X > x) = q, for 0 ≤ q ≤ 1. */
export const betaUpperQuantile = (q: number, a: number, b: number): number =>
  q >= 1 ? 0 : q <= 0 ? 1 : logistic(betaLogitQuantile(smallerTailOfUpper(q), a, b));
