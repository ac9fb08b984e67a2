import { gammaCdf, gammaSf, gammaUpperQuantile } from "./gamma.ts";
import { incompleteGamma } from "./incomplete-gamma.ts";
import type { LnTails } from "./ln-tails.ts";

/** P(X ≤ x) and P(X > x) for X chi-squared with `degreesOfFreedom` > 0, whole or not. */
export const chiSquaredLnTails = (x: number, degreesOfFreedom: number): LnTails =>
  incompleteGamma(degreesOfFreedom / 2, x / 2);

/** P(X > x), computed as an upper tail. */
export const chiSquaredSf = (x: number, degreesOfFreedom: number): number => gammaSf(x, degreesOfFreedom / 2, 0.5);

/** P(X ≤ x). */
export const chiSquaredCdf = (x: number, degreesOfFreedom: number): number => gammaCdf(x, degreesOfFreedom / 2, 0.5);

/** The x with P(X > x) = q, for 0 ≤ q ≤ 1. */
export const chiSquaredUpperQuantile = (q: number, degreesOfFreedom: number): number =>
  gammaUpperQuantile(q, degreesOfFreedom / 2, 0.5);
