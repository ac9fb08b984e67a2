import { betaLogitQuantile } from "./beta.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { smallerTailOfLower } from "./invert.ts";
import { lnBeta } from "./ln-beta.ts";
import { type LnTails, tailsOfUpper } from "./ln-tails.ts";

/** P(|T| ≤ |t|) and P(|T| > |t|) for T with `degreesOfFreedom` > 0, whole or not. */
export const studentTTwoSidedLnTails = (t: number, degreesOfFreedom: number): LnTails => {
  const a = degreesOfFreedom / 2;
  const odds = (t * t) / degreesOfFreedom;
  // So far out, where t² may not be a double, the first term of the tail is all of it.
  if (odds > 1e20)
    return tailsOfUpper(a * (Math.log(degreesOfFreedom) - 2 * Math.log(Math.abs(t))) - Math.log(a) - lnBeta(a, 0.5));
  const x = 1 / (1 + odds);
  const { lnLower, lnUpper } = incompleteBeta(a, 0.5, x, x * odds);
  return { lnLower: lnUpper, lnUpper: lnLower };
};

/** P(T ≤ t) and P(T > t). */
export const studentTLnTails = (t: number, degreesOfFreedom: number): LnTails => {
  const { lnUpper } = studentTTwoSidedLnTails(t, degreesOfFreedom);
  const lnFar = lnUpper - Math.LN2;
  const lnNear = Math.log1p(-Math.exp(lnFar));
  return t < 0 ? { lnLower: lnFar, lnUpper: lnNear } : { lnLower: lnNear, lnUpper: lnFar };
};

/** P(T > t), computed as an upper tail. */
export const studentTSf = (t: number, degreesOfFreedom: number): number =>
  Math.exp(studentTLnTails(t, degreesOfFreedom).lnUpper);

/** P(T ≤ t). */
export const studentTCdf = (t: number, degreesOfFreedom: number): number => studentTSf(-t, degreesOfFreedom);

/** The t with P(T > t) = q, for 0 ≤ q ≤ 1. */
export const studentTUpperQuantile = (q: number, degreesOfFreedom: number): number => {
  if (q > 0.5) return -studentTUpperQuantile(1 - q, degreesOfFreedom);
  if (q === 0.5) return 0;
  if (q <= 0) return Infinity;
  // P(|T| > t) is a lower tail of ν/(ν + t²).
  const logit = betaLogitQuantile(smallerTailOfLower(2 * q), degreesOfFreedom / 2, 0.5);
  return Math.exp((Math.log(degreesOfFreedom) - logit) / 2);
};

/** The t with P(T ≤ t) = p, for 0 ≤ p ≤ 1. */
export const studentTQuantile = (p: number, degreesOfFreedom: number): number =>
  -studentTUpperQuantile(p, degreesOfFreedom);
