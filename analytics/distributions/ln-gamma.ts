import { stirlingError } from "./saddle-point.ts";

const HALF_LN_2_PI = Math.log(2 * Math.PI) / 2;

/** ln Γ(x) for x > 0, by Stirling's formula and what it misses. */
export const lnGamma = (x: number): number => {
  if (x === Infinity) return Infinity;
  // Γ(x) = 1/x − 0.577… + …, of which the first term is all that a double holds.
  if (x < 1e-17) return -Math.log(x);
  return (x - 0.5) * Math.log(x) - x + HALF_LN_2_PI + stirlingError(x);
};
