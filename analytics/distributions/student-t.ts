import { incompleteBeta } from "./incomplete-beta.ts";
import { solve } from "./invert.ts";
import type { LnTails } from "./ln-tails.ts";
import { normalUpperQuantile } from "./normal.ts";
import { lnBetaFactor } from "./saddle-point.ts";

/** P(|T| ≤ |t|) and P(|T| > |t|) for T with `degreesOfFreedom` > 0, whole or not. */
export const studentTTwoSidedLnTails = (t: number, degreesOfFreedom: number): LnTails => {
  const ratio = (t * t) / degreesOfFreedom;
  const x = 1 / (1 + ratio);
  const { lnLower, lnUpper } = incompleteBeta(degreesOfFreedom / 2, 0.5, x, ratio === Infinity ? 1 : x * ratio);
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
  const z = normalUpperQuantile(q);
  // The first terms of the Cornish-Fisher expansion: close for many degrees of freedom, a start for few.
  const start = z + (z ** 3 + z) / (4 * degreesOfFreedom);
  // Of the two-sided tail and its complement, the smaller one determines t.
  const [side, lnTarget] =
    q < 0.25 ? (["lnUpper", Math.log(2 * q)] as const) : (["lnLower", Math.log1p(-2 * q)] as const);
  return Math.exp(
    solve((u) => {
      const t = Math.exp(u);
      const ln = studentTTwoSidedLnTails(t, degreesOfFreedom)[side];
      const ratio = (t * t) / degreesOfFreedom;
      const x = 1 / (1 + ratio);
      const lnFactor = lnBetaFactor(degreesOfFreedom / 2, 0.5, x, x * ratio);
      const slope = 2 * Math.exp(lnFactor - ln);
      return [ln - lnTarget, side === "lnUpper" ? -slope : slope];
    }, Math.log(start)),
  );
};

/** The t with P(T ≤ t) = p, for 0 ≤ p ≤ 1. */
export const studentTQuantile = (p: number, degreesOfFreedom: number): number =>
  -studentTUpperQuantile(p, degreesOfFreedom);
