import { betaLogitQuantile } from "./beta.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { smallerTailOfUpper } from "./invert.ts";
import type { LnTails } from "./ln-tails.ts";

/** P(F ≤ f) and P(F > f) for F with d1 and d2 > 0 degrees of freedom, whole or not. */
export const fLnTails = (f: number, d1: number, d2: number): LnTails => {
  const odds = (d1 / d2) * f;
  const y = 1 / (1 + odds);
  return incompleteBeta(d1 / 2, d2 / 2, odds === Infinity ? 1 : odds * y, y);
};

/** P(F > f), computed as an upper tail. */
export const fSf = (f: number, d1: number, d2: number): number => Math.exp(fLnTails(f, d1, d2).lnUpper);

/** The f with P(F > f) = q, for 0 ≤ q ≤ 1. */
export const fUpperQuantile = (q: number, d1: number, d2: number): number => {
  if (q >= 1) return 0;
  return q <= 0 ? Infinity : Math.exp(betaLogitQuantile(smallerTailOfUpper(q), d1 / 2, d2 / 2)) * (d2 / d1);
};
