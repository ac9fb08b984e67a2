import { factorSets } from "./factorial.ts";

/** A set of factors' effect, and whether it comes with the opposite sign. */
export interface SignedEffect {
  readonly factors: readonly number[];
  readonly sign: 1 | -1;
}

/** In a fraction of a two-level design the level of `factor` is made from those of others: D = ABC, or D = −ABC. */
export interface Generator {
  readonly factor: number;
  readonly product: readonly number[];
  readonly sign?: 1 | -1;
}

export interface AliasStructure {
  /** The products of factors that are constant over the fraction: I = ABCD and so on. */
  readonly definingRelation: readonly SignedEffect[];
  /** The length of the shortest of them: in resolution III main effects are aliased with pairs, in IV with three. Infinity for a full factorial. */
  readonly resolution: number;
  /** Effects that the fraction cannot tell from one another, each set by its shortest first; signs are relative to that one. */
  readonly aliasSets: readonly (readonly SignedEffect[])[];
}

const bitsOf = (factors: readonly number[]): number => factors.reduce((bits, factor) => bits ^ (1 << factor), 0);

/** Which effects of `count` two-level factors a fraction confounds. Source: G. E. P. Box and J. S. Hunter (1961). */
export const aliasStructureOf = (count: number, generators: readonly Generator[]): AliasStructure => {
  // Every product of generators, by its bits; bit f stands for factor f, and a square cancels.
  let words = new Map<number, 1 | -1>([[0, 1]]);
  for (const { factor, product, sign = 1 } of generators) {
    const word = (1 << factor) ^ bitsOf(product);
    words = new Map([...words, ...[...words].map(([bits, its]) => [bits ^ word, its === sign ? 1 : -1] as const)]);
  }
  const sets = factorSets(count);
  const definingRelation = sets.flatMap((factors) => {
    const sign = words.get(bitsOf(factors));
    return sign ? [{ factors, sign }] : [];
  });
  const seen = new Set(words.keys());
  const aliasSets: SignedEffect[][] = [];
  for (const factors of sets) {
    const bits = bitsOf(factors);
    if (seen.has(bits)) continue;
    for (const word of words.keys()) seen.add(bits ^ word);
    aliasSets.push(
      sets.flatMap((alias) => {
        const sign = words.get(bits ^ bitsOf(alias));
        return sign ? [{ factors: alias, sign }] : [];
      }),
    );
  }
  return {
    definingRelation,
    resolution: Math.min(...definingRelation.map(({ factors }) => factors.length)),
    aliasSets,
  };
};
