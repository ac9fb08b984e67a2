import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aliasStructureOf, type SignedEffect } from "../../analytics/aliases.ts";
import type { DifferenceTest, Undefined } from "../../analytics/difference.ts";
import {
  type FactorialCell,
  factorSets,
  type FactorLevel,
  levelContrasts,
  twoLevelEffects,
} from "../../analytics/factorial.ts";

const nameOf = (factors: readonly number[]): string => factors.map((factor) => "ABCDEF"[factor]).join("");
const signedName = ({ factors, sign }: SignedEffect): string => `${sign === 1 ? "" : "-"}${nameOf(factors)}`;

const cellOf = (levels: readonly number[], mean: number, variance = 1): FactorialCell => ({
  levels,
  n: 100,
  mean,
  variance,
});

const combinationsOf = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((levels) => Array.from({ length: size }, (_, level) => [...levels, level])),
    [[]],
  );

const differenceOf = (test: DifferenceTest | Undefined): number => {
  if (test.kind === "undefined") throw new Error(test.reason);
  return test.difference;
};

const effectsOf = (cells: readonly FactorialCell[]): Record<string, number> =>
  Object.fromEntries(
    twoLevelEffects(cells, 0.05).map(({ of, test }) => [nameOf(of.map(({ factor }) => factor)), differenceOf(test)]),
  );

/** Montgomery, "Design and Analysis of Experiments", example 6.2: filtration rates, in standard order (a, b, ab, …). */
const FILTRATION = [45, 71, 48, 65, 68, 60, 80, 65, 43, 100, 45, 104, 75, 86, 70, 96].map((mean, order) =>
  cellOf(
    [0, 1, 2, 3].map((factor) => (order >> factor) & 1),
    mean,
  ),
);

describe("the effects of factors with two levels", () => {
  it("are those of Montgomery's filtration experiment", () => {
    const effects = effectsOf(FILTRATION);
    expect(Object.keys(effects)).toHaveLength(15);
    expect(effects).toMatchObject({
      A: 21.625,
      B: 3.125,
      C: 9.875,
      D: 14.625,
      AB: 0.125,
      AC: -18.125,
      AD: 16.625,
      BC: 2.375,
      BD: -0.375,
      CD: -1.125,
      ABC: 1.875,
      ABD: 4.125,
      ACD: -1.625,
      BCD: -2.625,
      ABCD: 1.375,
    });
  });

  it("are those of the half of it in which D = ABC", () => {
    // The same book, example 8.1.
    const half = FILTRATION.filter(({ levels }) => levels.reduce((sum, level) => sum + level, 0) % 2 === 0);
    const effects = effectsOf(half);
    expect(effects).toMatchObject({ A: 19, B: 1.5, C: 14, D: 16.5, AB: -1, AC: -18.5, AD: 19 });
    for (const aliases of aliasStructureOf(4, [{ factor: 3, product: [0, 1, 2] }]).aliasSets)
      for (const { factors, sign } of aliases)
        expect(sign * (effects[nameOf(factors)] ?? Number.NaN)).toBe(effects[nameOf(aliases[0]?.factors ?? [])]);
  });

  it("has, of one factor, the comparison of its two cells alone", () => {
    const [effect] = twoLevelEffects([cellOf([0], 1, 4), cellOf([1], 3, 5)], 0.05);
    expect(effect).toMatchObject({ of: [{ factor: 0, level: 1 }], test: { difference: 2, standardError: 0.3 } });
  });

  it("come by size, and none of no factors", () => {
    expect(factorSets(3).map(nameOf)).toEqual(["A", "B", "C", "AB", "AC", "BC", "ABC"]);
    expect(factorSets(6)).toHaveLength(63);
    expect(twoLevelEffects([], 0.05)).toEqual([]);
  });

  it.each([
    [{ n: 0 }, "no_data"],
    [{ n: 1 }, "too_few_observations"],
  ])("are undefined with a cell of %j", (change, reason) => {
    const cells = [cellOf([0], 1), { ...cellOf([1], 2), ...change }];
    expect(twoLevelEffects(cells, 0.05).map(({ test }) => test)).toEqual([{ kind: "undefined", reason }]);
  });

  it("are numbers without a test where nothing varies", () => {
    expect(twoLevelEffects([cellOf([0], 1, 0), cellOf([1], 2, 0)], 0.05)[0]).toEqual({
      of: [{ factor: 0, level: 1 }],
      effect: 1,
      test: { kind: "undefined", reason: "zero_variance" },
    });
  });
});

const keyOf = (of: readonly FactorLevel[]): string =>
  of.map(({ factor, level }) => `${nameOf([factor])}${level}`).join(" ");

describe("the contrasts of levels", () => {
  it("are, with two levels, the main effects and twice the interactions", () => {
    const effects = effectsOf(FILTRATION);
    for (const { of, test } of levelContrasts(FILTRATION, 0.05))
      expect(differenceOf(test)).toBeCloseTo(
        of.length * (effects[nameOf(of.map(({ factor }) => factor))] ?? Number.NaN),
        10,
      );
  });

  it("give back the effects that means are made of", () => {
    const effect = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(effect, { minLength: 3, maxLength: 3 }),
        effect,
        effect,
        ([a = 0, b = 0, c = 0], d, both) => {
          // Factor A has four levels, B two, C three; only A2 and B1 interact.
          const sizes = [4, 2, 3];
          const ofA = [0, a, b, c];
          const cells = combinationsOf(sizes).map((levels) => {
            const [one = 0, two = 0] = levels;
            return cellOf(levels, 5 + (ofA[one] ?? 0) + d * two + (one === 2 && two === 1 ? both : 0));
          });
          const contrasts = new Map(
            levelContrasts(cells, 0.05).map(({ of, test }) => [keyOf(of), differenceOf(test)] as const),
          );
          // 3 + 1 + 2 main effects; 3·1 + 3·2 + 1·2 interactions.
          expect(contrasts.size).toBe(17);
          expect(contrasts.get("A1")).toBeCloseTo(a, 9);
          expect(contrasts.get("A2")).toBeCloseTo(b + both / 2, 9);
          expect(contrasts.get("A3")).toBeCloseTo(c, 9);
          expect(contrasts.get("B1")).toBeCloseTo(d + both / 4, 9);
          expect(contrasts.get("C2")).toBeCloseTo(0, 9);
          expect(contrasts.get("A2 B1")).toBeCloseTo(both, 9);
          expect(contrasts.get("A3 B1")).toBeCloseTo(0, 9);
          expect(contrasts.get("A2 C1")).toBeCloseTo(0, 9);
        },
      ),
      { seed: 81 },
    );
  });

  it("have the variance of the cells that they are the mean of", () => {
    const cells = combinationsOf([2, 3]).map((levels) => cellOf(levels, 0, 6));
    const errors = levelContrasts(cells, 0.05).map(({ test }) => test.kind === "estimated" && test.standardError ** 2);
    // A1: six cells of 6/100 over 3²; B1, B2: four over 2²; A1 B1, A1 B2: four over 1.
    const expected = [0.04, 0.06, 0.06, 0.24, 0.24];
    expect(errors).toHaveLength(expected.length);
    for (const [i, variance] of expected.entries()) expect(errors[i]).toBeCloseTo(variance, 12);
  });
});

describe("the aliases of a fraction", () => {
  it("of D = ABC pair every effect with one, in resolution IV", () => {
    const { definingRelation, resolution, aliasSets } = aliasStructureOf(4, [{ factor: 3, product: [0, 1, 2] }]);
    expect(definingRelation.map(signedName)).toEqual(["ABCD"]);
    expect(resolution).toBe(4);
    expect(aliasSets.map((set) => set.map(signedName))).toEqual([
      ["A", "BCD"],
      ["B", "ACD"],
      ["C", "ABD"],
      ["D", "ABC"],
      ["AB", "CD"],
      ["AC", "BD"],
      ["BC", "AD"],
    ]);
  });

  it("of a quarter include the product of its generators", () => {
    // Montgomery, table 8.14: 2^(5−2), D = AB, E = AC, I = ABD = ACE = BCDE.
    const { definingRelation, resolution, aliasSets } = aliasStructureOf(5, [
      { factor: 3, product: [0, 1] },
      { factor: 4, product: [0, 2] },
    ]);
    expect(definingRelation.map(signedName).sort()).toEqual(["ABD", "ACE", "BCDE"]);
    expect(resolution).toBe(3);
    expect(aliasSets).toHaveLength(7);
    expect(aliasSets[0]?.map(signedName)).toEqual(["A", "BD", "CE", "ABCDE"]);
  });

  it("carry the sign of the other half", () => {
    const { definingRelation, aliasSets } = aliasStructureOf(3, [{ factor: 2, product: [0, 1], sign: -1 }]);
    expect(definingRelation.map(signedName)).toEqual(["-ABC"]);
    expect(aliasSets.map((set) => set.map(signedName))).toEqual([
      ["A", "-BC"],
      ["B", "-AC"],
      ["C", "-AB"],
    ]);
  });

  it("are none in a full factorial", () => {
    const { definingRelation, resolution, aliasSets } = aliasStructureOf(3, []);
    expect(definingRelation).toEqual([]);
    expect(resolution).toBe(Infinity);
    expect(aliasSets.every((set) => set.length === 1)).toBe(true);
    expect(aliasSets).toHaveLength(7);
  });
});
