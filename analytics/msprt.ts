import type { Interval, Undefined } from "./difference.ts";

/** A difference with an interval and a p-value that hold at every look at once, whenever one stops. */
export interface AnytimeTest {
  readonly kind: "estimated";
  readonly difference: number;
  readonly halfWidth: number;
  readonly interval: Interval;
  /** ln of the mixture likelihood ratio against no difference: a martingale while there is none. */
  readonly lnEValue: number;
  /** min(1, 1/e) at this look alone. Its running minimum is as valid. */
  readonly pValue: number;
  readonly lnPValue: number;
}

/**
 * (1 + 1/r)(ln(1 + r) + 2x), the square of an interval's half-width in standard errors, for r = τ²/V. The x is ln(1/α), or what
 * stands for it in a one-sided sequence. Infinite for r = 0: nothing was expected, so nothing can be excluded.
 */
export const squaredHalfWidth = (ratio: number, x: number): number => (1 + 1 / ratio) * (Math.log1p(ratio) + 2 * x);

/** ln Λ of a difference that is `statistic` standard errors from 0, for r = τ²/V: a martingale while there is none. */
export const lnMixtureRatio = (statistic: number, ratio: number): number =>
  (statistic * statistic) / (1 + 1 / ratio) / 2 - Math.log1p(ratio) / 2;

/**
 * The mixture sequential probability ratio test of a difference with variance V > 0 (of the estimate), two-sided at `alpha`. The mixture
 * is normal around 0 with variance τ², which has to be chosen before the start; the square of a plausible difference serves well.
 *
 * ln Λ = ½ ln(V/(V+τ²)) + τ²d²/(2V(V+τ²)). Sources: Robbins (1970); Johari, Koomen, Pekelis & Walsh, "Always valid inference"
 * (2022). Assumes an estimate that is close to normal: some 50–100 units in each variant.
 */
export const mixtureSprt = (
  difference: number,
  variance: number,
  tauSquared: number,
  alpha: number,
): AnytimeTest | Undefined => {
  if (!(variance > 0)) return { kind: "undefined", reason: "zero_variance" };
  const ratio = tauSquared / variance;
  // As standard errors and a share, none of which overflows or underflows where their squares would.
  const statistic = difference / Math.sqrt(variance);
  const lnEValue = lnMixtureRatio(statistic, ratio);
  const halfWidth = Math.sqrt(variance * squaredHalfWidth(ratio, -Math.log(alpha)));
  const lnPValue = Math.min(0, -lnEValue);
  return {
    kind: "estimated",
    difference,
    halfWidth,
    interval: [difference - halfWidth, difference + halfWidth],
    lnEValue,
    pValue: Math.exp(lnPValue),
    lnPValue,
  };
};

/**
 * Half-width of the one-sided sequence with the same mixture: the difference is above d − half at every look with probability 1 − α.
 * Source: Waudby-Smith et al. (arXiv 2103.06476), eq. 134.
 */
export const oneSidedHalfWidth = (variance: number, tauSquared: number, alpha: number): number => {
  const ratio = tauSquared / variance;
  // ln(1 + √(1+r)/2α) = ½ ln(1+r) + x
  const x = Math.log1p(Math.sqrt(1 + ratio) / (2 * alpha)) - Math.log1p(ratio) / 2;
  return Math.sqrt(variance * squaredHalfWidth(ratio, x));
};
