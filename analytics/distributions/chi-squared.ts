import { incompleteGamma } from "./incomplete-gamma.ts";
import { solve } from "./invert.ts";
import type { LnTails } from "./ln-tails.ts";
import { normalUpperQuantile } from "./normal.ts";
import { lnGammaFactor } from "./saddle-point.ts";

/** P(X ≤ x) and P(X > x) for X chi-squared with `degreesOfFreedom` > 0, whole or not. */
export const chiSquaredLnTails = (x: number, degreesOfFreedom: number): LnTails =>
  incompleteGamma(degreesOfFreedom / 2, x / 2);

/** P(X > x), computed as an upper tail. */
export const chiSquaredSf = (x: number, degreesOfFreedom: number): number =>
  Math.exp(chiSquaredLnTails(x, degreesOfFreedom).lnUpper);

/** P(X ≤ x). */
export const chiSquaredCdf = (x: number, degreesOfFreedom: number): number =>
  Math.exp(chiSquaredLnTails(x, degreesOfFreedom).lnLower);

/** The x with P(X > x) = q, for 0 ≤ q ≤ 1. */
export const chiSquaredUpperQuantile = (q: number, degreesOfFreedom: number): number => {
  if (q <= 0) return Infinity;
  if (q >= 1) return 0;
  // Wilson and Hilferty: the cube root is nearly normal.
  const spread = 2 / (9 * degreesOfFreedom);
  const cubeRoot = 1 - spread + normalUpperQuantile(q) * Math.sqrt(spread);
  const start = cubeRoot > 0.1 ? degreesOfFreedom * cubeRoot ** 3 : degreesOfFreedom / 1000;
  // Of the two tails, the smaller one determines x.
  const [side, lnTarget] = q < 0.5 ? (["lnUpper", Math.log(q)] as const) : (["lnLower", Math.log1p(-q)] as const);
  return Math.exp(
    solve((u) => {
      const x = Math.exp(u);
      const ln = chiSquaredLnTails(x, degreesOfFreedom)[side];
      const slope = Math.exp(lnGammaFactor(degreesOfFreedom / 2, x / 2) - ln);
      return [ln - lnTarget, side === "lnUpper" ? -slope : slope];
    }, Math.log(start)),
  );
};
