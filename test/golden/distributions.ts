import { betaLnTails, betaQuantile, betaUpperQuantile } from "../../analytics/distributions/beta.ts";
import { chiSquaredLnTails, chiSquaredUpperQuantile } from "../../analytics/distributions/chi-squared.ts";
import { fLnTails, fUpperQuantile } from "../../analytics/distributions/f.ts";
import { gammaLnTails, gammaQuantile, gammaUpperQuantile } from "../../analytics/distributions/gamma.ts";
import { lnBeta } from "../../analytics/distributions/ln-beta.ts";
import { lnGamma } from "../../analytics/distributions/ln-gamma.ts";
import type { LnTails } from "../../analytics/distributions/ln-tails.ts";
import { normalLnTails, normalQuantile, normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { studentTLnTails, studentTQuantile, studentTUpperQuantile } from "../../analytics/distributions/student-t.ts";
import { type Compute, computed, type Methods, numberIn } from "./method.ts";

/** What is closer to 1 than the 50 digits of the vectors is 1 there. */
const probability = (ln: number) => ({ value: Math.exp(ln), log10_value: ln > -1e-50 ? 0 : ln / Math.LN10 });

/** A distribution at a point that the vectors call `at`, with parameters of these names, in this order. */
const distribution =
  (
    at: string,
    parameters: readonly string[],
    lnTails: (x: number, ...parameters: number[]) => LnTails,
    quantile: (p: number, ...parameters: number[]) => number,
    upperQuantile: (q: number, ...parameters: number[]) => number,
  ): Compute =>
  (input) => {
    const read = parameters.map((name) => numberIn(input, name));
    if (input["function"] === "quantile") return { value: quantile(numberIn(input, "p"), ...read) };
    if (input["function"] === "isf") return { value: upperQuantile(numberIn(input, "q"), ...read) };
    const { lnLower, lnUpper } = lnTails(numberIn(input, at), ...read);
    return probability(input["function"] === "cdf" ? lnLower : lnUpper);
  };

const gamma = distribution("x", ["shape", "rate"], gammaLnTails, gammaQuantile, gammaUpperQuantile);

const gammaOrSpecialFunction: Compute = (input) => {
  if (input["function"] === "ln_gamma") return { value: lnGamma(numberIn(input, "x")) };
  if (input["function"] === "ln_beta") return { value: lnBeta(numberIn(input, "a"), numberIn(input, "b")) };
  return gamma(input);
};

export const distributions: Methods = {
  "Standard normal distribution": computed(distribution("x", [], normalLnTails, normalQuantile, normalUpperQuantile)),
  "Student t distribution": computed(
    distribution("t", ["degrees_of_freedom"], studentTLnTails, studentTQuantile, studentTUpperQuantile),
  ),
  "Chi-square distribution": computed(
    distribution(
      "x",
      ["degrees_of_freedom"],
      chiSquaredLnTails,
      (p, degreesOfFreedom) => gammaQuantile(p, degreesOfFreedom / 2, 0.5),
      chiSquaredUpperQuantile,
    ),
  ),
  "F distribution": computed(
    distribution(
      "f",
      ["df_numerator", "df_denominator"],
      fLnTails,
      (p, d1, d2) => 1 / fUpperQuantile(p, d2, d1),
      fUpperQuantile,
    ),
  ),
  "Beta distribution / regularised incomplete beta I_x(a,b)": computed(
    distribution("x", ["alpha", "beta"], (x, a, b) => betaLnTails(x, 1 - x, a, b), betaQuantile, betaUpperQuantile),
  ),
  "Gamma distribution (shape, rate) and special functions": computed(gammaOrSpecialFunction),
};
