import type { LnTails } from "./ln-tails.ts";

/** Coefficients from the highest power down. */
const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  // Quadratures come here by the million: an index takes half the time of an iterator.
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
};

/* Rational approximations of the normal tail: W. J. Cody, "Rational Chebyshev approximations for the error function"
   (1969), in the form of Algorithm 715 (ANORM), relative error about 1e-16. */
const CENTRE_NUMERATOR = [
  0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356,
];
const CENTRE_DENOMINATOR = [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673];
const SHOULDER_NUMERATOR = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const SHOULDER_DENOMINATOR = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097, 34900.95272114598,
  38912.00328609327, 19685.429676859992,
];
const TAIL_NUMERATOR = [
  0.023073441764940174, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
  2.9112874951168793e-5,
];
const TAIL_DENOMINATOR = [
  1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5,
];
const CENTRE_UP_TO = 0.67448975;
const SHOULDER_UP_TO = Math.sqrt(32);
const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** P(Z > x) / e^(−x²/2) for x above the centre. */
const scaledTail = (x: number): number => {
  if (x <= SHOULDER_UP_TO) return polynomial(SHOULDER_NUMERATOR, x) / polynomial(SHOULDER_DENOMINATOR, x);
  const inverseSquare = 1 / (x * x);
  const correction =
    (inverseSquare * polynomial(TAIL_NUMERATOR, inverseSquare)) / polynomial(TAIL_DENOMINATOR, inverseSquare);
  return (1 / SQRT_2_PI - correction) / x;
};

/** −x²/2 in two parts of which the first is exact, so that e^(−x²/2) keeps its digits: x is split at 1/16. */
const exponent = (x: number): readonly [number, number] => {
  // From here on the square is no double.
  if (x > 1e154) return [-Infinity, 0];
  const head = Math.trunc(x * 16) / 16;
  return [(-head * head) / 2, (-(x - head) * (x + head)) / 2];
};

/** φ(x), the density of the standard normal. */
export const normalDensity = (x: number): number => {
  const [head, rest] = exponent(Math.abs(x));
  return (Math.exp(head) * Math.exp(rest)) / SQRT_2_PI;
};

/** P(Z > x) of the standard normal, computed as an upper tail: never 1 − P(Z ≤ x). */
export const normalSf = (x: number): number => {
  if (Math.abs(x) <= CENTRE_UP_TO) {
    const square = x * x;
    return 0.5 - (x * polynomial(CENTRE_NUMERATOR, square)) / polynomial(CENTRE_DENOMINATOR, square);
  }
  if (x < 0) return 1 - normalSf(-x);
  const [head, rest] = exponent(x);
  return Math.exp(head) * Math.exp(rest) * scaledTail(x);
};

/** P(Z ≤ x). */
export const normalCdf = (x: number): number => normalSf(-x);

const lnSf = (x: number): number => {
  if (x <= CENTRE_UP_TO) return x < 0 ? Math.log1p(-normalSf(-x)) : Math.log(normalSf(x));
  const [head, rest] = exponent(x);
  return head + rest + Math.log(scaledTail(x));
};

/** Both tails at x; finite for |x| up to 1e154. */
export const normalLnTails = (x: number): LnTails => ({ lnLower: lnSf(-x), lnUpper: lnSf(x) });

/* Rational approximations of the quantile: M. J. Wichura, Algorithm AS 241 (PPND16, 1988), relative error about 1e-16. */
const QUANTILE_CENTRE_NUMERATOR = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const QUANTILE_CENTRE_DENOMINATOR = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const QUANTILE_SHOULDER_NUMERATOR = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const QUANTILE_SHOULDER_DENOMINATOR = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const QUANTILE_TAIL_NUMERATOR = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const QUANTILE_TAIL_DENOMINATOR = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
];

/** The x with P(Z ≤ x) = p, for 0 ≤ p ≤ 1. For an upper tail use {@link normalUpperQuantile}: 1 − p loses its digits. */
export const normalQuantile = (p: number): number => {
  const fromMiddle = p - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.425 * 0.425 - fromMiddle * fromMiddle;
    return (fromMiddle * polynomial(QUANTILE_CENTRE_NUMERATOR, r)) / polynomial(QUANTILE_CENTRE_DENOMINATOR, r);
  }
  const tail = fromMiddle < 0 ? p : 1 - p;
  if (tail <= 0) return fromMiddle < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const distance =
    r <= 5
      ? polynomial(QUANTILE_SHOULDER_NUMERATOR, r - 1.6) / polynomial(QUANTILE_SHOULDER_DENOMINATOR, r - 1.6)
      : polynomial(QUANTILE_TAIL_NUMERATOR, r - 5) / polynomial(QUANTILE_TAIL_DENOMINATOR, r - 5);
  return fromMiddle < 0 ? -distance : distance;
};

/** The x with P(Z > x) = q: the critical value of an upper tail, accurate down to the smallest q. */
export const normalUpperQuantile = (q: number): number => -normalQuantile(q);
