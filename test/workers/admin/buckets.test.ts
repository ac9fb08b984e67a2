import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Range, allocate, freeOf, isWithin, merged, sizeOf } from "../../../workers/admin/buckets.ts";
import { Problem } from "../../../workers/http/problem.ts";

const range = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 3000 }))
  .map(([start, length]): Range => ({ range_start: start, range_end: Math.min(start + length, 9999) }));
const ranges = fc.array(range, { maxLength: 8 });

/** The plainest model: one bit a bucket. */
const bitsOf = (some: readonly Range[]): boolean[] => {
  const bits = Array.from({ length: 10_000 }, () => false);
  for (const { range_start, range_end } of some) bits.fill(true, range_start, range_end + 1);
  return bits;
};
const count = (bits: readonly boolean[]): number => bits.filter(Boolean).length;
const held = (some: readonly Range[]) => some.map((each) => ({ ...each, experiment_key: "other" }));
const seed = { seed: 20_261_121, numRuns: 150 };

/** What was thrown, when it is one of ours. */
const refusalOf = (run: () => unknown): Problem | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
};

describe("merged", () => {
  it("keeps the same buckets in disjoint ranges that do not touch", () => {
    fc.assert(
      fc.property(ranges, (some) => {
        const result = merged(some);
        expect(bitsOf(result)).toEqual(bitsOf(some));
        expect(sizeOf(result)).toBe(count(bitsOf(some)));
        for (const [index, { range_start }] of result.slice(1).entries())
          expect(range_start).toBeGreaterThan((result[index]?.range_end ?? 0) + 1);
      }),
      seed,
    );
  });
});

describe("freeOf", () => {
  it("is every bucket that nobody holds", () => {
    fc.assert(
      fc.property(ranges, (taken) => {
        expect(bitsOf(freeOf(taken))).toEqual(bitsOf(taken).map((bit) => !bit));
      }),
      seed,
    );
  });
});

describe("allocate", () => {
  it("takes exactly the share, lowest free buckets first, and none that others hold", () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 10_000 }), (taken, wanted) => {
        const free = bitsOf(taken).map((bit) => !bit);
        fc.pre(count(free) >= wanted);
        const got = bitsOf(allocate({ traffic: wanted / 10_000 }, "l", held(taken)));
        expect(count(got)).toBe(wanted);
        const last = got.lastIndexOf(true);
        expect(got.slice(0, last + 1)).toEqual(free.slice(0, last + 1));
      }),
      seed,
    );
  });

  it("keeps what an experiment has when it grows", () => {
    fc.assert(
      fc.property(
        ranges,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 0, max: 2000 }),
        (taken, first, more) => {
          fc.pre(sizeOf(freeOf(taken)) >= first + more);
          const before = allocate({ traffic: first / 10_000 }, "l", held(taken));
          const after = allocate({ traffic: (first + more) / 10_000 }, "l", held(taken), before);
          expect(isWithin(before, after)).toBe(true);
          expect(sizeOf(after)).toBe(first + more);
        },
      ),
      seed,
    );
  });

  it("says how many buckets are free, and which, when a share does not fit", () => {
    const others = held([
      { range_start: 0, range_end: 999 },
      { range_start: 2000, range_end: 9899 },
    ]);
    const refusal = refusalOf(() => allocate({ traffic: 0.2 }, "checkout", others));
    expect([refusal?.status, refusal?.code]).toEqual([422, "layer_full"]);
    expect(refusal?.detail).toContain("1100 of its 10000 buckets free (1000–1999, 9900–9999)");
    expect(refusal?.detail).toContain("at most 0.11");
  });

  it("names the holder of buckets that are taken", () => {
    const refusal = refusalOf(() =>
      allocate(
        {
          slots: [
            { range_start: 0, range_end: 9 },
            { range_start: 500, range_end: 600 },
          ],
        },
        "checkout",
        [{ range_start: 600, range_end: 700, experiment_key: "banner" }],
      ),
    );
    expect([refusal?.status, refusal?.code, refusal?.errors[0]?.path]).toEqual([422, "slot_taken", "slots.1"]);
    expect(refusal?.detail).toContain("banner");
  });

  it("refuses a share of less than half a bucket", () => {
    expect(refusalOf(() => allocate({ traffic: 0.000_01 }, "l", []))?.errors[0]?.path).toBe("traffic");
  });
});
