import { chiSquaredLnTails } from "./distributions/chi-squared.ts";

/** A split this unlikely is a fault, not chance. Source: Fabijan et al., "Diagnosing sample ratio mismatch" (2019). */
export const SRM_ALPHA = 0.001;

/** Below this expected count the chi-squared distribution is not a fair model of the test (Cochran, 1954). */
const FEWEST_EXPECTED = 5;

export interface SampleRatioMismatch {
  readonly chiSquared: number;
  /** Variants with a positive weight, less 1. */
  readonly degreesOfFreedom: number;
  /** 1 while there is nothing to test. */
  readonly pValue: number;
  readonly lnPValue: number;
  /** p < {@link SRM_ALPHA}. */
  readonly flagged: boolean;
  /** Units in variants of weight 0, where there should be none; they are not part of the test. */
  readonly unexpectedUnits: number;
  /** Whether every variant is expected to have enough units for the p-value to mean what it says. */
  readonly enoughUnits: boolean;
}

/** Pearson's chi-squared test that units fell among variants as the weights plan. Weights need not sum to anything. */
export const sampleRatioMismatch = (
  variants: readonly { readonly units: number; readonly weight: number }[],
): SampleRatioMismatch => {
  const planned = variants.filter(({ weight }) => weight > 0);
  const units = planned.reduce((sum, variant) => sum + variant.units, 0);
  const weights = planned.reduce((sum, { weight }) => sum + weight, 0);
  const expected = planned.map(({ weight }) => units * (weight / weights));
  const chiSquared =
    units === 0
      ? 0
      : planned.reduce((sum, variant, i) => sum + (variant.units - (expected[i] ?? 0)) ** 2 / (expected[i] ?? 1), 0);
  const degreesOfFreedom = Math.max(0, planned.length - 1);
  const lnPValue = degreesOfFreedom === 0 ? 0 : chiSquaredLnTails(chiSquared, degreesOfFreedom).lnUpper;
  const pValue = Math.exp(lnPValue);
  return {
    chiSquared,
    degreesOfFreedom,
    pValue,
    lnPValue,
    flagged: pValue < SRM_ALPHA,
    unexpectedUnits: variants.reduce((sum, variant) => sum + (variant.weight > 0 ? 0 : variant.units), 0),
    enoughUnits: expected.every((count) => count >= FEWEST_EXPECTED),
  };
};
