/**
 * The two pieces of Loader's saddle-point form of binomial and Poisson probabilities, which keeps some 14 digits where
 * x ln p and lnΓ would cancel.
 *
 * Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */

/** B₂ₖ / (2k(2k−1)), the coefficients of Stirling's series in 1/x, 1/x³, 1/x⁵, …, by their reciprocals. */
const STIRLING_SERIES = [12, -360, 1260, -1680, 1188, -360_360 / 691, 156].map((reciprocal) => 1 / reciprocal);

/** From here on seven terms of the series are exact to a double. */
const STIRLING_FROM = 15;

/** What Stirling's formula misses: ln Γ(x+1) − ln(√(2πx)·(x/e)^x), for x > 0. */
export const stirlingError = (x: number): number => {
  let stepped = 0;
  let at = x;
  for (; at < STIRLING_FROM; at += 1) stepped += (at + 0.5) * Math.log1p(1 / at) - 1;
  const inverseSquare = 1 / (at * at);
  return stepped + STIRLING_SERIES.reduceRight((sum, coefficient) => sum * inverseSquare + coefficient, 0) / at;
};

/**
 * The deviance x·ln(x/mean) + mean − x: 0 where x = mean, positive elsewhere, without cancellation near the mean.
 * `difference` is x − mean, for a caller who knows more digits of it.
 */
export const deviance = (x: number, mean: number, difference = x - mean): number => {
  if (x === 0) return mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const ratio = difference / (x + mean);
  let sum = difference * ratio;
  let term = 2 * x * ratio;
  // |ratio| < 0.1, so that each term is less than a hundredth of the one before.
  for (let odd = 3; odd < 25; odd += 2) {
    term *= ratio * ratio;
    sum += term / odd;
  }
  return sum;
};

/** ln(x^a·e^(−x) / Γ(a)), for a, x > 0: the factor in front of the incomplete gamma functions. */
export const lnGammaFactor = (a: number, x: number): number =>
  0.5 * Math.log(a / (2 * Math.PI)) - stirlingError(a) - deviance(a, x);

/** The upper half of a double's digits. Source: T. Dekker, "A floating-point technique for extending precision" (1971). */
const upperHalf = (x: number): number => {
  const scaled = 134_217_729 * x;
  return scaled - (scaled - x);
};

/** What rounding took from x·y. */
const productError = (x: number, y: number): number => {
  const [xHigh, yHigh] = [upperHalf(x), upperHalf(y)];
  const [xLow, yLow] = [x - xHigh, y - yHigh];
  return xLow * yLow - (x * y - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
};

/**
 * a − (a+b)x, from the smaller of x and y = 1 − x, which has the more digits. Not a digit is lost to the product: far out
 * in a tail of 1e9 units the exponent would multiply what rounding takes from it.
 */
export const betaExcess = (a: number, b: number, x: number, y: number): number => {
  const n = a + b;
  return x < y ? a - n * x - productError(n, x) : n * y - b + productError(n, y);
};

/** ln(x^a·y^b / B(a, b)), for a, b > 0 and y = 1 − x: the factor in front of the incomplete beta functions. */
export const lnBetaFactor = (a: number, b: number, x: number, y: number, excess = betaExcess(a, b, x, y)): number => {
  const n = a + b;
  return (
    0.5 * Math.log((a / n) * (b / (2 * Math.PI))) +
    (stirlingError(n) - stirlingError(a) - stirlingError(b)) -
    deviance(a, n * x, excess) -
    deviance(b, n * y, -excess)
  );
};

/** ln of the binomial probability of k successes in n trials, 0 ≤ k ≤ n, with success probability p = 1 − q. */
export const lnBinomial = (k: number, n: number, p: number, q: number): number => {
  if (p === 0) return k === 0 ? 0 : -Infinity;
  if (q === 0) return k === n ? 0 : -Infinity;
  if (k === 0) return q > 0.5 ? n * Math.log1p(-p) : n * Math.log(q);
  if (k === n) return p > 0.5 ? n * Math.log1p(-q) : n * Math.log(p);
  return lnBetaFactor(k, n - k, p, q) + Math.log(n / k / (n - k));
};
