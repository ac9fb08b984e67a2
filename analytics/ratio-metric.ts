import type { DifferenceTest, Undefined } from "./difference.ts";
import { type JointSums, ratioMomentsOf, type Whole } from "./joint-moments.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** The ratio Σy/Σd as if it were a mean over units; undefined where Σd is 0. See {@link ratioMomentsOf}. */
export const ratioOf = (sums: JointSums<Whole>): Sample | undefined => {
  const { n, denominator, y, yy } = ratioMomentsOf(sums);
  return denominator === 0 ? undefined : { n, mean: y, variance: yy };
};

/**
 * The z-test of two ratios, for metrics whose denominator is not the unit of randomisation (clicks per impression). Needs
 * some 100 units in each; a test that took the denominators for units would reject far too often.
 */
export const compareRatios = (
  control: JointSums<Whole>,
  treatment: JointSums<Whole>,
  alpha: number,
): DifferenceTest | Undefined => {
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  const before = ratioOf(control);
  const after = ratioOf(treatment);
  if (!before || !after) return { kind: "undefined", reason: "zero_denominator" };
  if (control.n < 2 || treatment.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const variance = meanOf(before).variance + meanOf(after).variance;
  return waldTest(after.mean - before.mean, Math.sqrt(variance), alpha);
};
