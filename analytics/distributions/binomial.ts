import { incompleteBeta } from "./incomplete-beta.ts";
import type { LnTails } from "./ln-tails.ts";
import { lnBinomial } from "./saddle-point.ts";

/** P(X ≤ k) and P(X > k) for X successes in n trials with success probability p. */
export const binomialLnTails = (k: number, n: number, p: number): LnTails => {
  if (k < 0) return { lnLower: -Infinity, lnUpper: 0 };
  if (k >= n) return { lnLower: 0, lnUpper: -Infinity };
  return incompleteBeta(n - k, k + 1, 1 - p, p);
};

/**
 * ln of the exact two-sided p-value of k successes in n ≥ 1 trials where either outcome is as likely: twice the smaller tail, as both
 * sides are alike.
 */
export const evenBinomialLn = (k: number, n: number): number => {
  const fewer = Math.min(k, n - k);
  return Math.min(0, Math.LN2 + incompleteBeta(n - fewer, fewer + 1, 0.5, 0.5).lnLower);
};

/**
 * ln of the exact two-sided p-value of k successes in n trials under the success probability p: the probability of a count
 * no likelier than k. The counts on the other side are found by bisection, so that n may be 1e9.
 */
export const binomialTwoSidedLn = (k: number, n: number, p: number): number => {
  const q = 1 - p;
  const mean = n * p;
  if (k === mean) return 0;
  // The counts on the other side, from the one next to the mean outwards: ever less likely.
  const [first, step, last] = k < mean ? [Math.ceil(mean), 1, n] : [Math.floor(mean), -1, 0];
  // Counts whose probability equals the observed one but for rounding are as unlikely, as R's binom.test has it.
  const limit = lnBinomial(k, n, p, q) + Math.log1p(1e-7);
  let near = 0;
  let far = (last - first) * step + 1;
  while (near < far) {
    const middle = Math.floor((near + far) / 2);
    if (lnBinomial(first + step * middle, n, p, q) <= limit) far = middle;
    else near = middle + 1;
  }
  const other = first + step * far;
  const [lnBelow, lnAbove] =
    k < mean
      ? [binomialLnTails(k, n, p).lnLower, binomialLnTails(other - 1, n, p).lnUpper]
      : [binomialLnTails(other, n, p).lnLower, binomialLnTails(k - 1, n, p).lnUpper];
  const larger = Math.max(lnBelow, lnAbove);
  if (larger === -Infinity) return -Infinity;
  return Math.min(0, larger + Math.log1p(Math.exp(Math.min(lnBelow, lnAbove) - larger)));
};

/** The exact two-sided p-value by minimum likelihood, as R's binom.test gives it. */
export const binomialTwoSided = (k: number, n: number, p: number): number => Math.exp(binomialTwoSidedLn(k, n, p));
