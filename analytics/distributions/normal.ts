import type { LnTails } from "./ln-tails.ts";

/** Mills' ratio is kept at so many places to 1, up to the last of them, 6; from there on so many terms of Laplace's continued fraction are enough. */
const PLACES = 16;
const LAST_PLACE = 96;
const FRACTION_TERMS = 24;
/** Above this a probability is a double with all of its digits. */
const LN_SMALLEST = -700;
const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** P(0 < Z ≤ x) for small |x|, by its series φ(x)·(x + x³/3 + x⁵/15 + …), none of whose terms cancels. */
const centre = (x: number): number => {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return (sum * Math.exp((-x * x) / 2)) / SQRT_2_PI;
};

/** Mills' ratio R(x) = P(Z > x) / φ(x) at `from` + `step`, from that at `from`: the Taylor series of R′ = xR − 1. */
const millsBeside = (from: number, mills: number, step: number): number => {
  let previous = mills;
  let coefficient = from * mills - 1;
  let power = step;
  let sum = mills;
  for (let k = 2; Math.abs(coefficient * power) > 1e-17; k++) {
    sum += coefficient * power;
    const next = (from * coefficient + previous) / k;
    previous = coefficient;
    coefficient = next;
    power *= step;
  }
  return sum;
};

const laplaceFraction = (x: number): number => {
  let fraction = x;
  for (let n = FRACTION_TERMS; n > 0; n--) fraction = x + n / fraction;
  return 1 / fraction;
};

/** R at every place, each from the next: upwards, errors would grow. Source: G. Marsaglia, "Evaluating the normal distribution" (2004). */
const MILLS = new Float64Array(LAST_PLACE + 1);
MILLS[LAST_PLACE] = laplaceFraction(LAST_PLACE / PLACES);
for (let i = LAST_PLACE; i > 0; i--) MILLS[i - 1] = millsBeside(i / PLACES, MILLS[i]!, -1 / PLACES);
// So that P(Z > 0) is exactly ½.
MILLS[0] = SQRT_2_PI / 2;

/** R(x) for x ≥ 0. */
const millsRatio = (x: number): number => {
  const place = Math.round(x * PLACES);
  return place < LAST_PLACE ? millsBeside(place / PLACES, MILLS[place]!, x - place / PLACES) : laplaceFraction(x);
};

/** P(Z > x) / e^(−x²/2) for x ≥ 0. */
const scaledTail = (x: number): number => millsRatio(x) / SQRT_2_PI;

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
export const normalSf = (x: number): number => (x < 0 ? 1 - normalSf(-x) : kernel(x) * scaledTail(x));

/** P(Z ≤ x). */
export const normalCdf = (x: number): number => normalSf(-x);

/** ln P(Z > x); finite for x up to 1e154. */
export const normalLnSf = (x: number): number => {
  if (x < 0) return Math.log1p(-normalSf(-x));
  const [head, rest] = exponent(x);
  return head + rest + Math.log(scaledTail(x));
};

/** Both tails at x; finite for |x| up to 1e154. */
export const normalLnTails = (x: number): LnTails => ({ lnLower: normalLnSf(-x), lnUpper: normalLnSf(x) });

/** The x ≥ 0 with P(0 < Z ≤ x) = `share`, for shares of up to a quarter. Newton's method. */
const quantileNearMiddle = (share: number): number => {
  let x = share * SQRT_2_PI;
  for (let step = 0; step < 4; step++) x -= (centre(x) - share) * SQRT_2_PI * Math.exp((x * x) / 2);
  return x;
};

/**
 * The x with ln P(Z > x) = `ln`, for tails of up to a quarter, however small. Halley's method, from above: P(Z > x) ≤ e^(−x²/2) / 2. The logarithm
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
