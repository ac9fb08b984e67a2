import type { Estimate } from "./difference.ts";

/** The mean of independent estimates weighted by 1/variance, with its variance 1/Σ(1/variance); NaN of none. */
export const pooledEstimate = (estimates: readonly Estimate[]): Estimate => {
  const weight = estimates.reduce((sum, { variance }) => sum + 1 / variance, 0);
  return {
    mean: estimates.reduce((sum, { mean, variance }) => sum + mean / variance / weight, 0),
    variance: 1 / weight,
  };
};
