import { betaLogitQuantile } from "./distributions/beta.ts";
import { solveTail } from "./distributions/invert.ts";
import { normalLnTails, normalUpperQuantile } from "./distributions/normal.ts";

const HALF_LN_2_PI = Math.log(2 * Math.PI) / 2;

/** Above this the probability itself is a double with all of its digits. */
const LN_SMALLEST = -700;

/**
 * The size of a statistic with a two-sided p-value of e^`lnP`: normal, or Student's t where `degreesOfFreedom` are given.
 * Holds where the p-value is far below the smallest double.
 */
export const criticalValue = (lnP: number, degreesOfFreedom?: number): number => {
  if (degreesOfFreedom !== undefined && degreesOfFreedom !== Infinity) {
    // P(|T| > t) is a lower tail of ν/(ν + t²).
    const tail = lnP < -Math.LN2 ? (["lnLower", lnP] as const) : (["lnUpper", Math.log(-Math.expm1(lnP))] as const);
    return Math.exp((Math.log(degreesOfFreedom) - betaLogitQuantile(tail, degreesOfFreedom / 2, 0.5)) / 2);
  }
  if (lnP > LN_SMALLEST) return normalUpperQuantile(Math.exp(lnP) / 2);
  if (lnP === -Infinity) return Infinity;
  return solveTail(
    ["lnUpper", lnP - Math.LN2],
    (z) => ({ tails: normalLnTails(z), lnDensity: (-z * z) / 2 - HALF_LN_2_PI }),
    Math.sqrt(-2 * lnP),
  );
};
