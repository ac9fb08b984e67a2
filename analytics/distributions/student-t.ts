import { betaLogitQuantile } from "./beta.ts";
import { chiSquaredLnTails } from "./chi-squared.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { lnBeta } from "./ln-beta.ts";
import { ln1mExp, type LnTails, tailsOfUpper } from "./ln-tails.ts";
import { normalLnSf, normalUpperQuantile } from "./normal.ts";

/** Up to here, and with so many degrees of freedom, the normal distribution serves; see {@link normalDeviate}. */
const NEARLY_NORMAL = 0.03;
const MANY_DEGREES = 200;

/**
 * The normal deviate with the tails of t, to a relative error of them below 1e-15. `odds` are t²/ν.
 * Source: G. W. Hill, "Algorithm 395: Student's t-distribution" (1970).
 */
const normalDeviate = (odds: number, degreesOfFreedom: number): number => {
  const a = degreesOfFreedom - 0.5;
  const b = 48 * a * a;
  const y = a * Math.log1p(odds);
  const second = (((0.4 * y + 3.3) * y + 24) * y + 85.5) / (0.8 * y * y + 100 + b);
  return Math.sqrt(y) * (1 + (y + 3 - second) / b);
};
/** P(|T| ≤ |t|) and P(|T| > |t|) for T with `degreesOfFreedom` > 0, whole or not. */
export const studentTTwoSidedLnTails = (t: number, degreesOfFreedom: number): LnTails => {
  const a = degreesOfFreedom / 2;
  const odds = (t * t) / degreesOfFreedom;
  // So far out, where t² may not be a double, the first term of the tail is all of it.
  if (odds > 1e20)
    return tailsOfUpper(a * (Math.log(degreesOfFreedom) - 2 * Math.log(Math.abs(t))) - Math.log(a) - lnBeta(a, 0.5));
  if (degreesOfFreedom >= MANY_DEGREES && odds < NEARLY_NORMAL) {
    const z = normalDeviate(odds, degreesOfFreedom);
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

/**
 * The t with the upper tail of a normal deviate z > 0, to a relative error below 2e-14 where z² + 3 < ν/100.
 * Source: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5.
 */
const studentDeviate = (z: number, degreesOfFreedom: number): number => {
  const square = z * z;
  const first = (square + 1) / 4;
  const second = ((5 * square + 16) * square + 3) / 96;
  const third = (((3 * square + 19) * square + 17) * square - 15) / 384;
  const fourth = ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92_160;
  const nu = degreesOfFreedom;
  return z * (1 + (first + (second + (third + fourth / nu) / nu) / nu) / nu);
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
