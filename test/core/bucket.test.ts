import * as fc from "fast-check";
import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import { BUCKETS, bucketOf, pairBucketOf, shardOf } from "../../core/bucket.ts";
import { packTexts } from "../../core/hash.ts";
import vectors from "../fixtures/assignment.json" with { type: "json" };

describe("bucketOf", () => {
  it.each(vectors.buckets)("puts $unit under $salt into bucket $bucket", ({ unit, salt, bucket }) => {
    expect(bucketOf(unit, salt)).toBe(bucket);
  });

  it("is the hash modulo the number of buckets, whichever unit was asked for before", () => {
    const ids = fc.array(fc.tuple(fc.constantFrom("", "u1", "u2", "ü"), fc.string()), { maxLength: 20 });
    fc.assert(
      fc.property(ids, (asked) => {
        const expected = asked.map(
          ([unit, salt]) => murmurhash.v3(new TextEncoder().encode(`${unit}:${salt}`), 0) % BUCKETS,
        );
        expect(asked.map(([unit, salt]) => bucketOf(unit, salt))).toEqual(expected);
      }),
      { seed: 1 },
    );
  });

  it("is the same whether a unit is asked about once or again, under a salt of text or of two words", () => {
    const unit = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.string({ unit: "grapheme", maxLength: 12 }));
    const asked = fc.array(fc.tuple(unit, fc.boolean(), fc.integer({ min: 1, max: 3 })), { maxLength: 10 });
    const salt = "abc_-xyz";
    const [first = 0, second = 0] = packTexts([salt]).words;
    fc.assert(
      fc.property(asked, (units) => {
        for (const [each, isPair, times] of units)
          for (let time = 0; time < times; time++)
            expect(isPair ? pairBucketOf(each, first, second) : bucketOf(each, salt)).toBe(
              murmurhash.v3(new TextEncoder().encode(`${each}:${salt}`), 0) % BUCKETS,
            );
      }),
      { seed: 2 },
    );
  });

  it("fills the buckets evenly", () => {
    // Χ² of 20,000 units over 100 groups of buckets: 99 degrees of freedom, whose 0.9999 quantile is 157
    // (scipy.stats.chi2.ppf(0.9999, 99) = 157.0).
    const counts = Array.from({ length: 100 }, () => 0);
    for (let unit = 0; unit < 20_000; unit++) {
      const group = Math.floor((bucketOf(`user-${unit}`, "even") * counts.length) / BUCKETS);
      counts[group] = (counts[group] ?? 0) + 1;
    }
    const chiSquared = counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
    expect(chiSquared).toBeLessThan(157);
  });

  it("is independent under different salts", () => {
    // Χ² of independence of two 10-fold splits of 20,000 units: 81 degrees of freedom, 0.9999 quantile 134.
    const cells = Array.from({ length: 100 }, () => 0);
    for (let unit = 0; unit < 20_000; unit++) {
      const one = Math.floor(bucketOf(`user-${unit}`, "one") / 1_000);
      const two = Math.floor(bucketOf(`user-${unit}`, "two") / 1_000);
      cells[one * 10 + two] = (cells[one * 10 + two] ?? 0) + 1;
    }
    const row = (index: number): number => cells.slice(index * 10, index * 10 + 10).reduce((a, b) => a + b, 0);
    const column = (index: number): number => cells.filter((_, cell) => cell % 10 === index).reduce((a, b) => a + b, 0);
    const chiSquared = cells.reduce((sum, count, cell) => {
      const expected = (row(Math.floor(cell / 10)) * column(cell % 10)) / 20_000;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquared).toBeLessThan(134);
  });
});

describe("shardOf", () => {
  it("is murmur3 of the type and the unit, modulo the number of shards", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 128 }), (type, unit, shards) => {
        expect(shardOf(type, unit, shards)).toBe(
          murmurhash.v3(new TextEncoder().encode(`${type}:${unit}`), 0) % shards,
        );
      }),
      { seed: 3 },
    );
  });
});
