import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shareBp } from "../../core/share.ts";

describe("shareBp", () => {
  it.each([
    [0, 0],
    [0.0001, 1],
    [0.0007, 7],
    [0.05, 500],
    [0.07, 700],
    [0.29, 2_900],
    [0.57, 5_700],
    [1, 10_000],
    [0.00015, 2],
    [1e-6, 1],
  ])("takes %d for %d buckets", (share, buckets) => {
    expect(shareBp(share)).toBe(buckets);
  });

  it("is exact for every whole basis point", () => {
    fc.assert(
      fc.property(fc.nat(10_000), (buckets) => {
        expect(shareBp(buckets / 10_000)).toBe(buckets);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });
});
