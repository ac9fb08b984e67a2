import { type ChiSquaredTest, chiSquaredTest } from "./chi-squared-test.ts";
import { sumOf } from "./sum.ts";

/** A split this unlikely is a fault, not chance. Source: Fabijan et al., "Diagnosing sample ratio mismatch" (2019). */
export const SRM_ALPHA = 0.001;

/** Below this expected count the chi-squared distribution is not a fair model of the test (Cochran, 1954). */
const FEWEST_EXPECTED = 5;

/** A variant's units beside its weight, on any scale: weights need not sum to anything. */
export interface Planned {
  readonly units: number;
  readonly weight: number;
}

/** The degrees of freedom are the variants with a positive weight, less 1. */
export interface SplitTest extends ChiSquaredTest {
  /** Whether every variant is expected to have enough units for the p-value to mean what it says. */
  readonly enoughUnits: boolean;
}

const unitsOf = (variants: readonly Planned[]): number => sumOf(variants, ({ units }) => units);

/** Pearson's chi-squared test that units fell among variants as the weights plan. Those of weight 0 are left out. */
export const testSplit = (variants: readonly Planned[]): SplitTest => {
  const planned = variants.filter(({ weight }) => weight > 0);
  const units = unitsOf(planned);
  const weights = sumOf(planned, ({ weight }) => weight);
  const expected = planned.map(({ weight }) => units * (weight / weights));
  const chiSquared =
    units === 0 ? 0 : planned.reduce((sum, variant, i) => sum + (variant.units - expected[i]!) ** 2 / expected[i]!, 0);
  return {
    ...chiSquaredTest(chiSquared, Math.max(0, planned.length - 1)),
    enoughUnits: expected.every((count) => count >= FEWEST_EXPECTED),
  };
};

export interface SampleRatioMismatch extends SplitTest {
  /** p < {@link SRM_ALPHA}. */
  readonly flagged: boolean;
  /** Units in variants of weight 0, where there should be none; they are not part of the test. */
  readonly unexpectedUnits: number;
}

const flag = (test: SplitTest, variants: readonly Planned[]): SampleRatioMismatch => ({
  ...test,
  flagged: test.pValue < SRM_ALPHA,
  unexpectedUnits: unitsOf(variants.filter(({ weight }) => !(weight > 0))),
});

/** {@link testSplit} with what it leaves out. */
export const sampleRatioMismatch = (variants: readonly Planned[]): SampleRatioMismatch =>
  flag(testSplit(variants), variants);

/**
 * The same over stretches of time between which the weights changed: each is tested by its own weights, and χ² and the degrees of freedom
 * are summed. Stretches with too few units to be tested are left out while there are others.
 */
export const sampleRatioMismatchOver = (periods: readonly (readonly Planned[])[]): SampleRatioMismatch => {
  const tests = periods.map(testSplit);
  const testable = tests.filter(({ enoughUnits }) => enoughUnits);
  const used = testable.length > 0 ? testable : tests;
  const together = chiSquaredTest(
    sumOf(used, ({ chiSquared }) => chiSquared),
    sumOf(used, ({ degreesOfFreedom }) => degreesOfFreedom),
  );
  return flag({ ...together, enoughUnits: testable.length > 0 }, periods.flat());
};
