import { normalUpperQuantileLn } from "./distributions/normal.ts";
import { studentTTwoSidedQuantileLn } from "./distributions/student-t.ts";

/**
 * The size of a statistic with a two-sided p-value of e^`lnP`: normal, or Student's t where `degreesOfFreedom` are given.
 * Holds where the p-value is far below the smallest double.
 */
export const criticalValue = (lnP: number, degreesOfFreedom = Infinity): number =>
  degreesOfFreedom === Infinity
    ? normalUpperQuantileLn(lnP - Math.LN2)
    : studentTTwoSidedQuantileLn(lnP, degreesOfFreedom);
