import { normalUpperQuantile } from "./distributions/normal.ts";
import { exitProbabilities } from "./exit-probabilities.ts";
import { solveBySecant } from "./secant.ts";

/**
 * The design of equally spaced looks with |Z_k| ≥ C·(k/K)^(Δ−½): Pocock's (1977) for Δ = ½, O'Brien & Fleming's (1979) for Δ = 0, those of
 * Wang & Tsiatis (1987) between. `constant` is C, for a two-sided level of `alpha`.
 */
export interface ClassicalBoundaries {
  readonly constant: number;
  readonly fractions: readonly number[];
  readonly bounds: readonly number[];
}

export const POCOCK = 0.5;
export const OBRIEN_FLEMING = 0;

export const classicalBoundaries = (looks: number, alpha: number, delta: number): ClassicalBoundaries => {
  const fractions = Array.from({ length: looks }, (_, k) => (k + 1) / looks);
  const shape = fractions.map((t) => t ** (delta - 0.5));
  const boundsOf = (constant: number): number[] => shape.map((factor) => constant * factor);
  const nominal = normalUpperQuantile(alpha / 2);
  /** How far the level is from alpha, as quantiles, which is nearly straight in the constant. */
  const missOf = (constant: number): number => {
    const { upper } = exitProbabilities(fractions, boundsOf(constant), 0);
    return normalUpperQuantile(upper.reduce((total, exit) => total + exit, 0)) - nominal;
  };
  const constant = solveBySecant(missOf, nominal - missOf(nominal), 1);
  return { constant, fractions, bounds: boundsOf(constant) };
};
