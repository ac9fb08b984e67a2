import { contrastMeans, type MeanContrast } from "./mean-contrast.ts";
import type { Sample } from "./welch.ts";

/** One combination of levels. `levels[f]` is the level of factor f, from 0. */
export interface FactorialCell extends Sample {
  readonly levels: readonly number[];
}

/** One level of a factor against its level 0. */
export interface FactorLevel {
  readonly factor: number;
  readonly level: number;
}

export interface LevelContrast extends MeanContrast {
  /** One for a main effect, more for an interaction. */
  readonly of: readonly FactorLevel[];
}

/** Sets of the first `count` factors by their bits, the empty one left out: single factors first, then pairs and so on. */
export const factorSets = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** count - 1 }, (_, i) =>
    Array.from({ length: count }, (_, factor) => factor).filter((factor) => ((i + 1) >> factor) & 1),
  ).sort((a, b) => a.length - b.length);

/** Σ ∏ ±weight · mean: the sign of a factor is + at the level asked for and − at level 0; what has neither is not part of it. */
const contrast = (
  cells: readonly FactorialCell[],
  of: readonly FactorLevel[],
  weight: number,
  alpha: number,
): LevelContrast => {
  const weights = cells.map(({ levels }) =>
    of.reduce((sum, { factor, level }) => (levels[factor] === level ? sum : levels[factor] === 0 ? -sum : 0), weight),
  );
  return { of, ...contrastMeans(cells, weights, alpha) };
};

/**
 * All effects of factors with two levels: for a set S of factors (2/cells) Σ ∏_{f∈S} ±1 · mean, the sign of a factor being + at level 1. One
 * factor's is its main effect, over all cells alike; more are interactions. Of a fraction of the cells, effects in one set of aliases
 * (`aliasStructureOf`) are the same number. Correct the p-values over all of them. Source: D. C. Montgomery, "Design and Analysis of Experiments".
 */
export const twoLevelEffects = (cells: readonly FactorialCell[], alpha: number): readonly LevelContrast[] =>
  factorSets(cells[0]?.levels.length ?? 0).map((factors) =>
    contrast(
      cells,
      factors.map((factor) => ({ factor, level: 1 })),
      2 / cells.length,
      alpha,
    ),
  );

/**
 * Main effects and two-way interactions of factors with any number of levels, for a full factorial. A main effect is the mean over
 * the other factors' cells of level l less level 0; an interaction is how much one main effect differs between the other's level and
 * its level 0, (l, m) − (l, 0) − (0, m) + (0, 0). With two levels that is twice the effect in `twoLevelEffects`.
 */
export const levelContrasts = (cells: readonly FactorialCell[], alpha: number): readonly LevelContrast[] => {
  const sizes = (cells[0]?.levels ?? []).map(
    (_, factor) => 1 + Math.max(...cells.map(({ levels }) => levels[factor]!)),
  );
  const levelsOf = (factor: number): FactorLevel[] =>
    Array.from({ length: sizes[factor]! - 1 }, (_, i) => ({ factor, level: i + 1 }));
  const combine = (sets: readonly (readonly FactorLevel[])[], factor: number): FactorLevel[][] =>
    sets.flatMap((set) => levelsOf(factor).map((level) => [...set, level]));
  return factorSets(sizes.length)
    .filter(({ length }) => length <= 2)
    .flatMap((factors) => {
      // One over how many cells of the other factors each level, or pair of levels, is the mean of.
      const weight = factors.reduce((product, factor) => product * sizes[factor]!, 1) / cells.length;
      return factors.reduce(combine, [[]]).map((of) => contrast(cells, of, weight, alpha));
    });
};
