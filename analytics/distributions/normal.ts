import type { LnTails } from "./ln-tails.ts";

/** Coefficients from the highest power down. */
const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  // Quadratures come here by the million: an index takes half the time of an iterator.
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
};

/* A rational approximation of the normal tail: W. J. Cody, "Rational Chebyshev approximations for the error function" (1969), in the form of
   Algorithm 715 (ANORM), relative error about 1e-16. */
const SHOULDER_NUMERATOR = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const SHOULDER_DENOMINATOR = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598,
  38912.00328609327, 19685.429676859992,
];
const CENTRE_UP_TO = 0.67448975;
const SHOULDER_UP_TO = Math.sqrt(32);
/** Enough of Laplace's continued fraction of the tail beyond the shoulder. */
const FRACTION_TERMS = 24;
/** Above this a probability is a double with all of its digits. */
const LN_SMALLEST = -700;
const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** P(0 < Z ≤ x) for |x| within the centre, by its series φ(x)·(x + x³/3 + x⁵/15 + …), none of whose terms cancels. */
const centre = (x: number): number => {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return (sum * Math.exp((-x * x) / 2)) / SQRT_2_PI;
};

/** P(Z > x) / e^(−x²/2) for x above the centre. */
const scaledTail = (x: number): number => {
  if (x <= SHOULDER_UP_TO) return polynomial(SHOULDER_NUMERATOR, x) / polynomial(SHOULDER_DENOMINATOR, x);
  let fraction = x;
  for (let n = FRACTION_TERMS; n > 0; n--) fraction = x + n / fraction;
  return 1 / SQRT_2_PI / fraction;
};

/** −x²/2 in two parts of which the first is exact, so that e^(−x²/2) keeps its digits: x is split at 1/16. */
const exponent = (x: number): readonly [number, number] => {
  // From here on the square is no double.
  if (x > 1e154) return [-Infinity, 0];
  const head = Math.trunc(x * 16) / 16;
  return [(-head * head) / 2, (-(x - head) * (x + head)) / 2];
};

/** e^(−x²/2) for x ≥ 0. */
const kernel = (x: number): number => {
  const [head, rest] = exponent(x);
  return Math.exp(head) * Math.exp(rest);
};

/** φ(x), the density of the standard normal. */
export const normalDensity = (x: number): number => kernel(Math.abs(x)) / SQRT_2_PI;

/** P(Z > x) of the standard normal, computed as an upper tail: never 1 − P(Z ≤ x). */
export const normalSf = (x: number): number => {
  if (Math.abs(x) <= CENTRE_UP_TO) return 0.5 - centre(x);
  return x < 0 ? 1 - normalSf(-x) : kernel(x) * scaledTail(x);
};

/** P(Z ≤ x). */
export const normalCdf = (x: number): number => normalSf(-x);

/** ln P(Z > x); finite for x up to 1e154. */
export const normalLnSf = (x: number): number => {
  if (x <= CENTRE_UP_TO) return x < 0 ? Math.log1p(-normalSf(-x)) : Math.log(normalSf(x));
  const [head, rest] = exponent(x);
  return head + rest + Math.log(scaledTail(x));
};

/** Both tails at x; finite for |x| up to 1e154. */
export const normalLnTails = (x: number): LnTails => ({ lnLower: normalLnSf(-x), lnUpper: normalLnSf(x) });

/** The x ≥ 0 with P(0 < Z ≤ x) = `share`, for shares so small that x is within the centre. Newton's method. */
const quantileNearMiddle = (share: number): number => {
  let x = share * SQRT_2_PI;
  for (let step = 0; step < 4; step++) x -= (centre(x) - share) * SQRT_2_PI * Math.exp((x * x) / 2);
  return x;
};

/**
 * The x with ln P(Z > x) = `ln`, for tails that begin beyond the centre, however small. Halley's method, from above: P(Z > x) ≤ e^(−x²/2) / 2. The logarithm
 * is nearly a parabola, so that two or three steps are enough.
 */
const quantileOfTail = (ln: number): number => {
  if (ln === -Infinity) return Infinity;
  let x = Math.sqrt(-2 * (ln + Math.LN2));
  for (let left = 1; left > 1e-6;) {
    const hazard = 1 / (SQRT_2_PI * scaledTail(x));
    const step = (normalLnSf(x) - ln) / hazard;
    x += step / (1 + (step * (hazard - x)) / 2);
    left = Math.abs(step) / x;
  }
  return x;
};

/** The x with P(Z ≤ x) = p, for 0 ≤ p ≤ 1. For an upper tail use {@link normalUpperQuantile}: 1 − p loses its digits. */
export const normalQuantile = (p: number): number => {
  const fromMiddle = p - 0.5;
  const size = Math.abs(fromMiddle);
  const tail = fromMiddle < 0 ? p : 1 - p;
  const distance = size < 0.25 ? quantileNearMiddle(size) : quantileOfTail(Math.log(Math.max(0, tail)));
  return fromMiddle < 0 ? -distance : distance;
};

/** The x with P(Z > x) = q: the critical value of an upper tail, accurate down to the smallest q. */
export const normalUpperQuantile = (q: number): number => -normalQuantile(q);

/** The same by the logarithm of q ≤ ½, also where no double holds q itself. */
export const normalUpperQuantileLn = (lnQ: number): number =>
  lnQ > LN_SMALLEST ? normalUpperQuantile(Math.exp(lnQ)) : quantileOfTail(lnQ);
