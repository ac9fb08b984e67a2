import { solve } from "./distributions/invert.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import { exitProbabilities } from "./group-sequential-power.ts";

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
  let before = { at: nominal, miss: missOf(nominal) };
  const constant = solve((at) => {
    const miss = missOf(at);
    // Each value costs a whole recursion, so that the slope is the secant's.
    const slope = (miss - before.miss) / (at - before.at);
    before = { at, miss };
    return [miss, slope > 0 ? slope : 1];
  }, nominal - before.miss);
  return { constant, fractions, bounds: boundsOf(constant) };
};
