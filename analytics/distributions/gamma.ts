import { incompleteGamma } from "./incomplete-gamma.ts";
import { normalScore, smallerTailOfLower, smallerTailOfUpper, solveTail, type Tail } from "./invert.ts";
import { ln1mExp, type LnTails } from "./ln-tails.ts";
import { lnGamma } from "./ln-gamma.ts";
import { lnGammaFactor } from "./saddle-point.ts";

/** P(X ≤ x) and P(X > x) for X gamma with mean shape/rate, for shape, rate > 0. */
export const gammaLnTails = (x: number, shape: number, rate: number): LnTails => incompleteGamma(shape, x * rate);

/** P(X > x), computed as an upper tail. */
export const gammaSf = (x: number, shape: number, rate: number): number =>
  Math.exp(gammaLnTails(x, shape, rate).lnUpper);

/** P(X ≤ x). */
export const gammaCdf = (x: number, shape: number, rate: number): number =>
  Math.exp(gammaLnTails(x, shape, rate).lnLower);

/** x·rate where the gamma distribution has this tail. */
const standardQuantile = (tail: Tail, shape: number): number => {
  const [side, ln] = tail;
  // P(a, x) = x^a/Γ(a+1)·(1 + O(x)): all of it where x is small, which for a small shape may be below the least double.
  const least = Math.exp(((side === "lnLower" ? ln : ln1mExp(ln)) + lnGamma(shape + 1)) / shape);
  if (least < 1e-17) return least;
  // Wilson and Hilferty: the cube root is nearly normal.
  const cubeRoot = 1 - 1 / (9 * shape) + normalScore(tail) / (3 * Math.sqrt(shape));
  const start = cubeRoot > 0.1 ? shape * cubeRoot ** 3 : least;
  const at = (u: number) => {
    const x = Math.exp(u);
    return { tails: incompleteGamma(shape, x), lnDensity: lnGammaFactor(shape, x) };
  };
  return Math.exp(solveTail(tail, at, Math.log(start)));
};

/** The x with P(X ≤ x) = p, for 0 ≤ p ≤ 1. */
export const gammaQuantile = (p: number, shape: number, rate: number): number => {
  if (p <= 0) return 0;
  return p >= 1 ? Infinity : standardQuantile(smallerTailOfLower(p), shape) / rate;
};

/** The x with P(X > x) = q, for 0 ≤ q ≤ 1. */
export const gammaUpperQuantile = (q: number, shape: number, rate: number): number => {
  if (q >= 1) return 0;
  return q <= 0 ? Infinity : standardQuantile(smallerTailOfUpper(q), shape) / rate;
};
