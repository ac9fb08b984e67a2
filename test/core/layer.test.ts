import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUCKETS, bucketOf } from "../../core/bucket.ts";
import { slotLookup } from "../../core/layer.ts";
import vectors from "../fixtures/assignment.json" with { type: "json" };

/** Disjoint slots in any order, cut from the layer at distinct places. */
const disjointSlots = fc.uniqueArray(fc.nat(BUCKETS - 1), { minLength: 2, maxLength: 20 }).chain((cuts) => {
  const sorted = cuts.toSorted((a, b) => a - b);
  const slots = sorted.slice(1).map((end, index) => ({
    range_start: (sorted[index] ?? 0) + (index === 0 ? 0 : 1),
    range_end: end,
    owner: index,
  }));
  return fc.shuffledSubarray(slots);
});

describe("slotLookup", () => {
  it.each(vectors.layers)("finds $experiment for $unit", ({ unit, layer_salt, slots, bucket, experiment }) => {
    expect(bucketOf(unit, layer_salt)).toBe(bucket);
    const ownerAt = slotLookup(slots.map((slot) => ({ ...slot, owner: slot.experiment })));
    expect(ownerAt(bucket) ?? null).toBe(experiment);
  });

  it("gives each bucket to the slot that contains it, both ends included", () => {
    fc.assert(
      fc.property(disjointSlots, fc.nat(BUCKETS - 1), (slots, bucket) => {
        const ownerAt = slotLookup(slots);
        const expected = slots.find((slot) => slot.range_start <= bucket && bucket <= slot.range_end);
        expect(ownerAt(bucket)).toBe(expected?.owner);
        for (const { range_start, range_end, owner } of slots) {
          expect(ownerAt(range_start)).toBe(owner);
          expect(ownerAt(range_end)).toBe(owner);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
