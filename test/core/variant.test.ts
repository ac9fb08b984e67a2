import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUCKETS, bucketOf } from "../../core/bucket.ts";
import { cumulativeWeights, variantAt } from "../../core/variant.ts";
import vectors from "../fixtures/assignment.json" with { type: "json" };

const weights = fc
  .array(fc.nat(BUCKETS), { minLength: 1, maxLength: 7 })
  .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), BUCKETS])
  .map((cuts) => cuts.slice(1).map((cut, index) => cut - (cuts[index] ?? 0)));

describe("variantAt", () => {
  it.each(vectors.variants)("gives $unit the variant $variant", ({ unit, salt, variants, bucket, variant }) => {
    expect(bucketOf(unit, salt)).toBe(bucket);
    const index = variantAt(cumulativeWeights(variants.map(({ weight_bp }) => weight_bp)), bucket);
    expect(variants[index]?.key).toBe(variant);
  });

  it("gives each variant exactly as many buckets as its weight in basis points", () => {
    fc.assert(
      fc.property(weights, (weightsBp) => {
        const cumulative = cumulativeWeights(weightsBp);
        const counts = weightsBp.map(() => 0);
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
          const index = variantAt(cumulative, bucket);
          counts[index] = (counts[index] ?? 0) + 1;
        }
        expect(counts).toEqual(weightsBp);
      }),
      { seed: 5, numRuns: 30 },
    );
  });

  it("has no variant for a bucket beyond the weights", () => {
    expect(variantAt(cumulativeWeights([4_000, 5_000]), 9_000)).toBe(-1);
  });
});
