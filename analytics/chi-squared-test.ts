import { chiSquaredLnTails } from "./distributions/chi-squared.ts";

/** A statistic that is chi-squared under its hypothesis. */
export interface ChiSquaredTest {
  readonly chiSquared: number;
  readonly degreesOfFreedom: number;
  /** 1 without a degree of freedom: there is nothing to test. */
  readonly pValue: number;
  readonly lnPValue: number;
}

export const chiSquaredTest = (chiSquared: number, degreesOfFreedom: number): ChiSquaredTest => {
  const lnPValue = degreesOfFreedom === 0 ? 0 : chiSquaredLnTails(chiSquared, degreesOfFreedom).lnUpper;
  return { chiSquared, degreesOfFreedom, pValue: Math.exp(lnPValue), lnPValue };
};
