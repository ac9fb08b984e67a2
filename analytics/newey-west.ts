/** The lag for `n` periods where nothing is known of how long an effect is carried over: n^(1/3). */
export const defaultLag = (n: number): number => Math.round(Math.cbrt(n));

/**
 * The variance of a sum of autocorrelated terms of mean 0, by period: Σψ_t² + 2Σ_l (1 − l/(lag + 1)) Σψ_t ψ_{t−l}. Terms of one
 * period are summed first, and periods without any count as 0. Never negative.
 *
 * Source: W. K. Newey and K. D. West (1987), with Bartlett's weights.
 */
export const neweyWestVariance = (
  terms: readonly { readonly period: number; readonly value: number }[],
  lag: number,
): number => {
  const byPeriod = new Map<number, number>();
  for (const { period, value } of terms) byPeriod.set(period, (byPeriod.get(period) ?? 0) + value);
  let variance = 0;
  for (const [period, value] of byPeriod) {
    let carried = value;
    for (let l = 1; l <= lag; l++) carried += 2 * (1 - l / (lag + 1)) * (byPeriod.get(period - l) ?? 0);
    variance += value * carried;
  }
  return Math.max(0, variance);
};
