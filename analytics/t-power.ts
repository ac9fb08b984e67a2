import { noncentralTTwoSidedSf } from "./distributions/noncentral-t.ts";
import { studentTUpperQuantile } from "./distributions/student-t.ts";

/**
 * The power of Student's t-test with `n` units in each of two variants, exactly, for values that are normal with one standard
 * deviation: that of R's power.t.test(strict = TRUE). Below some 100 units the normal power promises too much.
 */
export const exactTPower = (n: number, effect: number, standardDeviation: number, alpha: number): number => {
  const degreesOfFreedom = 2 * (n - 1);
  return noncentralTTwoSidedSf(
    studentTUpperQuantile(alpha / 2, degreesOfFreedom),
    degreesOfFreedom,
    (effect / standardDeviation) * Math.sqrt(n / 2),
  );
};
