import type { DifferenceTest, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** One combination of levels. `levels[f]` is the level of factor f, from 0. */
export interface FactorialCell extends Sample {
  readonly levels: readonly number[];
}

/** A sum of the cells' means times weights that cancel. `effect` is known even where nothing varies; NaN without data. */
interface Contrast {
  readonly effect: number;
  readonly test: DifferenceTest | Undefined;
}

const contrast = (
  cells: readonly FactorialCell[],
  weightOf: (levels: readonly number[]) => number,
  alpha: number,
): Contrast => {
  if (cells.length === 0 || cells.some(({ n }) => n === 0))
    return { effect: Number.NaN, test: { kind: "undefined", reason: "no_data" } };
  let effect = 0;
  let variance = 0;
  for (const cell of cells) {
    const weight = weightOf(cell.levels);
    const { mean, variance: ofMean } = meanOf(cell);
    effect += weight * mean;
    variance += weight * weight * ofMean;
  }
  return {
    effect,
    test: cells.some(({ n }) => n < 2)
      ? { kind: "undefined", reason: "too_few_observations" }
      : waldTest(effect, Math.sqrt(variance), alpha),
  };
};

/** Sets of the first `count` factors by their bits, the empty one left out: single factors first, then pairs and so on. */
export const factorSets = (count: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** count - 1 }, (_, i) =>
    Array.from({ length: count }, (_, factor) => factor).filter((factor) => ((i + 1) >> factor) & 1),
  ).sort((a, b) => a.length - b.length);

/**
 * All effects of factors with two levels: for a set S of factors (2/cells) Σ ∏_{f∈S} ±1 · mean, the sign of a factor being + at level 1. One
 * factor's is its main effect, over all cells alike; more are interactions. Of a fraction of the cells, effects in one set of aliases
 * (`aliasStructureOf`) are the same number. Correct the p-values over all of them. Source: D. C. Montgomery, "Design and Analysis of Experiments".
 */
export const twoLevelEffects = (
  cells: readonly FactorialCell[],
  alpha: number,
): readonly (Contrast & { readonly factors: readonly number[] })[] =>
  factorSets(cells[0]?.levels.length ?? 0).map((factors) => ({
    factors,
    ...contrast(
      cells,
      (levels) => factors.reduce((sign, factor) => (levels[factor] === 1 ? sign : -sign), 2 / cells.length),
      alpha,
    ),
  }));

/** One level of a factor against its level 0. */
export interface FactorLevel {
  readonly factor: number;
  readonly level: number;
}

export interface LevelContrast extends Contrast {
  /** One for a main effect, two for an interaction. */
  readonly of: readonly FactorLevel[];
}

/**
 * Main effects and two-way interactions of factors with any number of levels, for a full factorial. A main effect is the mean over
 * the other factors' cells of level l less level 0; an interaction is how much one main effect differs between the other's level and
 * its level 0, (l, m) − (l, 0) − (0, m) + (0, 0). With two levels that is twice the effect in `twoLevelEffects`.
 */
export const levelContrasts = (cells: readonly FactorialCell[], alpha: number): readonly LevelContrast[] => {
  const count = cells[0]?.levels.length ?? 0;
  const sizes = Array.from({ length: count }, (_, f) => 1 + Math.max(...cells.map(({ levels }) => levels[f] ?? 0)));
  const levelsOf = (factor: number): FactorLevel[] =>
    Array.from({ length: (sizes[factor] ?? 1) - 1 }, (_, i) => ({ factor, level: i + 1 }));
  const test = (of: readonly FactorLevel[]): LevelContrast => {
    // How many cells of the other factors each level, or pair of levels, is the mean of.
    const others = of.reduce((product, { factor }) => product / (sizes[factor] ?? 1), cells.length);
    const weightOf = (levels: readonly number[]): number =>
      of.reduce(
        (weight, { factor, level }) => weight * (levels[factor] === level ? 1 : levels[factor] === 0 ? -1 : 0),
        1,
      ) / others;
    return { of, ...contrast(cells, weightOf, alpha) };
  };
  return factorSets(count)
    .filter(({ length }) => length <= 2)
    .flatMap(([first = 0, second]) =>
      levelsOf(first).flatMap((one) =>
        second === undefined ? [test([one])] : levelsOf(second).map((other) => test([one, other])),
      ),
    );
};
