import { describe, expect, it } from "vitest";
import { bucketOf, stateOf } from "../../core/bucket.ts";
import { CompiledExperiments } from "../../core/compile-experiments.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { aRuleset, anExperiment } from "./a-ruleset.ts";

const units = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);

const withWeights = (id: string, salt: string, weights: readonly number[]) =>
  anExperiment({
    id,
    salt,
    variants: weights.map((weight_bp, place) => ({
      id: `v${place}`,
      key: `v${place}`,
      weight_bp,
      is_control: place === 0,
      config: null,
    })),
  });

/** Whose share a bucket falls in, written as the contract says it: half-open, in stored order. */
const ownerOf = (weights: readonly number[], bucket: number): number => {
  let end = 0;
  return weights.findIndex((weight) => bucket < (end += weight));
};

describe("the variant of a compiled experiment", () => {
  it.each([
    ["of 64 variants", Array.from({ length: 64 }, (_, place) => (place < 16 ? 157 : 156))],
    ["of very uneven ones", [1, 2, 9_995, 2]],
    ["where nobody gets the first", [0, 10_000]],
    ["where weights are missing", [4_000, 1_000]],
  ])("is the one whose share holds the bucket, %s", (_, weights) => {
    // A salt that follows from the id is hashed as two words, any other one as it is.
    for (const salt of ["ghjkmnpq", "späte-lage"]) {
      const { experiments } = encodeRuleset(
        aRuleset({ experiments: [withWeights("exp_01K9ABCDEFGHJKMNPQ", salt, weights)] }),
      );
      const compiled = new CompiledExperiments(experiments);
      expect(units.map((unit) => compiled.variantOf(0, stateOf(unit)))).toEqual(
        units.map((unit) => ownerOf(weights, bucketOf(unit, salt))),
      );
    }
  });
});

describe("an experiment whose second phase has begun", () => {
  const phases = [
    { number: 1, started_at: 0 },
    { number: 2, started_at: 5 },
  ];

  it("is decided as directly as before, for phases have no say in decisions", () => {
    const { experiments } = encodeRuleset(aRuleset({ experiments: [anExperiment({ phases, url: "/landing" })] }));
    const compiled = new CompiledExperiments(experiments);
    expect([compiled.isOpen(0), compiled.rare(0)]).toEqual([true, undefined]);
  });

  it("is not when something else of it has", () => {
    const { experiments } = encodeRuleset(aRuleset({ experiments: [anExperiment({ phases, ends_at: 9 })] }));
    const compiled = new CompiledExperiments(experiments);
    expect([compiled.isOpen(0), compiled.rare(0)?.ends_at]).toEqual([false, 9]);
  });
});
