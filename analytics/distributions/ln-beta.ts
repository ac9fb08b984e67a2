import { lnBetaFactor } from "./saddle-point.ts";

/** ln B(a, b) for a, b > 0, without the cancellation of three ln Γ. */
export const lnBeta = (a: number, b: number): number => {
  const n = a + b;
  // At x = a/n the factor x^a·y^b / B(a, b) has no deviance left, only what Stirling's formula misses.
  return -a * Math.log1p(b / a) - b * Math.log1p(a / b) - lnBetaFactor(a, b, a / n, b / n);
};
