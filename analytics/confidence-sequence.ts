import type { Undefined } from "./difference.ts";
import { type AnytimeTest, mixtureSprt, oneSidedHalfWidth, squaredHalfWidth } from "./msprt.ts";

/** ρ for which the sequence is about narrowest at `tuningN` units. Source: Waudby-Smith et al., eq. 161. */
export const tuningRho = (tuningN: number, alpha: number): number => {
  const x = -2 * Math.log(alpha);
  return Math.sqrt((x + Math.log1p(x)) / tuningN);
};

/**
 * τ²/V of the mixture for which the mSPRT is the asymptotic confidence sequence: ρ²·n. V is the variance of the estimate, `n` the units of both
 * variants it is made of, `tuningN` those at which a decision is most likely, fixed before the start. τ² does not change with n, as n·V does not.
 */
export const mixtureRatio = (n: number, tuningN: number, alpha: number): number => tuningRho(tuningN, alpha) ** 2 * n;

export const mixtureVariance = (variance: number, n: number, tuningN: number, alpha: number): number =>
  mixtureRatio(n, tuningN, alpha) * variance;

/** Half of the sequence's interval in standard errors. */
export const sequenceCritical = (n: number, tuningN: number, alpha: number): number =>
  Math.sqrt(squaredHalfWidth(mixtureRatio(n, tuningN, alpha), -Math.log(alpha)));

export interface ConfidenceSequence extends AnytimeTest {
  /** The difference is above `lower` (one may not use both at once) at every look with probability 1 − α; below `upper` likewise. */
  readonly oneSided: { readonly halfWidth: number; readonly lower: number; readonly upper: number };
}

/**
 * The asymptotic confidence sequence of a difference or a lift, with its e-value: two-sided at `alpha`, and one-sided at `alpha`.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences"
 * (Annals of Statistics 2024; arXiv 2103.06476, eq. 9, 134, 155, 161). Not for fewer than some 50–100 units in each variant.
 */
export const confidenceSequence = (
  estimate: number,
  standardError: number,
  n: number,
  tuningN: number,
  alpha: number,
): ConfidenceSequence | Undefined => {
  const variance = standardError * standardError;
  const test = mixtureSprt(estimate, variance, mixtureVariance(variance, n, tuningN, alpha), alpha);
  if (test.kind === "undefined") return test;
  const halfWidth = oneSidedHalfWidth(variance, mixtureVariance(variance, n, tuningN, 2 * alpha), alpha);
  return { ...test, oneSided: { halfWidth, lower: estimate - halfWidth, upper: estimate + halfWidth } };
};
