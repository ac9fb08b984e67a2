import { betaLogitQuantile } from "./beta.ts";
import { chiSquaredLnTails } from "./chi-squared.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { lnBeta } from "./ln-beta.ts";
import { ln1mExp, type LnTails, tailsOfUpper } from "./ln-tails.ts";
import { normalLnSf, normalUpperQuantile } from "./normal.ts";

/** Up to here, and with so many degrees of freedom, the normal distribution serves; see {@link normalShare}. */
const NEARLY_NORMAL = 0.03;
const MANY_DEGREES = 200;

/**
 * The normal deviate with the tails of t is √y times this, where y = a·ln(1 + t²/ν) and a = ν − ½, to a relative error of the tails below 1e-15.
 * Source: G. W. Hill, "Algorithm 395: Student's t-distribution" (1970).
 */
const normalShare = (y: number, a: number): number => {
  const b = 48 * a * a;
  return 1 + (y + 3 - (((0.4 * y + 3.3) * y + 24) * y + 85.5) / (0.8 * y * y + 100 + b)) / b;
};

/** P(|T| ≤ |t|) and P(|T| > |t|) for T with `degreesOfFreedom` > 0, whole or not. */
export const studentTTwoSidedLnTails = (t: number, degreesOfFreedom: number): LnTails => {
  const a = degreesOfFreedom / 2;
  const odds = (t * t) / degreesOfFreedom;
  // So far out, where t² may not be a double, the first term of the tail is all of it.
  if (odds > 1e20)
    return tailsOfUpper(a * (Math.log(degreesOfFreedom) - 2 * Math.log(Math.abs(t))) - Math.log(a) - lnBeta(a, 0.5));
  if (degreesOfFreedom >= MANY_DEGREES && odds < NEARLY_NORMAL) {
    const y = (degreesOfFreedom - 0.5) * Math.log1p(odds);
    const z = Math.sqrt(y) * normalShare(y, degreesOfFreedom - 0.5);
    // Near 0 the lower tail has no digits in common with 1 less the upper.
    if (z < 0.5) return chiSquaredLnTails(z * z, 1);
    return tailsOfUpper(Math.LN2 + normalLnSf(z));
  }
  const x = 1 / (1 + odds);
  return incompleteBeta(0.5, a, x * odds, x);
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

/** The t with the upper tail of a normal deviate z > 0, to a relative error below 3e-15 where z² + 3 < ν/100. */
const studentDeviate = (z: number, degreesOfFreedom: number): number => {
  const a = degreesOfFreedom - 0.5;
  let y = z * z;
  // What y is multiplied by hardly depends on it.
  for (let step = 0; step < 3; step++) y = (z / normalShare(y, a)) ** 2;
  return Math.sqrt(degreesOfFreedom * Math.expm1(y / a));
};

/** The t ≥ 0 with ln P(|T| > t) = `lnP`, also where no double holds that probability. */
export const studentTTwoSidedQuantileLn = (lnP: number, degreesOfFreedom: number): number => {
  // It is a lower tail of ν/(ν + t²), determined by the smaller of the two.
  const tail = lnP < -Math.LN2 ? (["lnLower", lnP] as const) : (["lnUpper", ln1mExp(lnP)] as const);
  return Math.exp((Math.log(degreesOfFreedom) - betaLogitQuantile(tail, degreesOfFreedom / 2, 0.5)) / 2);
};

/** The t with P(T > t) = q, for 0 ≤ q ≤ 1. */
export const studentTUpperQuantile = (q: number, degreesOfFreedom: number): number => {
  if (q > 0.5) return -studentTUpperQuantile(1 - q, degreesOfFreedom);
  if (q === 0.5) return 0;
  if (q <= 0) return Infinity;
  const z = normalUpperQuantile(q);
  return z * z + 3 < degreesOfFreedom / 100
    ? studentDeviate(z, degreesOfFreedom)
    : studentTTwoSidedQuantileLn(Math.log(2 * q), degreesOfFreedom);
};

/** The t with P(T ≤ t) = p, for 0 ≤ p ≤ 1. */
export const studentTQuantile = (p: number, degreesOfFreedom: number): number =>
  -studentTUpperQuantile(p, degreesOfFreedom);
