import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSimpson, type SegmentTotals, type SimpsonCheck } from "../../analytics/simpson.ts";

const checked = (segments: readonly SegmentTotals[]): SimpsonCheck => {
  const result = checkSimpson(segments);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

describe("the check for Simpson's paradox", () => {
  it("finds none where every segment has the same share of treatment", () => {
    const segment = fc.record({
      n: fc.integer({ min: 1, max: 10_000 }),
      before: fc.integer({ min: 0, max: 1000 }),
      after: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        (segments, ratio) => {
          const { reversal, aggregateDifference, standardisedDifference } = checked(
            segments.map(({ n, before, after }) => ({
              control: { n, sum: before },
              treatment: { n: n * ratio, sum: after },
            })),
          );
          expect(reversal).toBe(false);
          expect(standardisedDifference).toBeCloseTo(aggregateDifference, 8);
        },
      ),
      { seed: 21 },
    );
  });

  it("reports a reversal whichever variant is called the control", () => {
    // Charig et al. (1986), kidney stones: 81/87 and 192/263 by surgery, 234/270 and 55/80 by nephrolithotomy.
    const small = { control: { n: 87, sum: 81 }, treatment: { n: 270, sum: 234 } };
    const large = { control: { n: 263, sum: 192 }, treatment: { n: 80, sum: 55 } };
    const swapped = [small, large].map(({ control, treatment }) => ({ control: treatment, treatment: control }));
    expect(checked([small, large]).reversal).toBe(true);
    expect(checked(swapped).reversal).toBe(true);
    expect(checked(swapped).aggregateDifference).toBe(-checked([small, large]).aggregateDifference);
  });

  it("leaves a segment with an empty variant out of the standardised difference only", () => {
    const { segmentDifferences, standardisedDifference, aggregateDifference } = checked([
      { control: { n: 100, sum: 10 }, treatment: { n: 100, sum: 20 } },
      { control: { n: 0, sum: 0 }, treatment: { n: 100, sum: 50 } },
    ]);
    expect(segmentDifferences).toEqual([0.1, undefined]);
    expect(standardisedDifference).toBeCloseTo(0.1, 14);
    expect(aggregateDifference).toBeCloseTo(0.25, 14);
  });

  it("takes for 0 what rounding leaves of it", () => {
    const { reversal } = checked([
      { control: { n: 3, sum: 0.3 }, treatment: { n: 1, sum: 0.1 } },
      { control: { n: 10, sum: 1 }, treatment: { n: 10, sum: 1.1 } },
      { control: { n: 10, sum: 1.1 }, treatment: { n: 10, sum: 1 } },
    ]);
    expect(reversal).toBe(false);
  });

  it("has nothing to say where no segment has both variants", () => {
    expect(checkSimpson([{ control: { n: 0, sum: 0 }, treatment: { n: 5, sum: 1 } }])).toEqual({
      kind: "undefined",
      reason: "no_data",
    });
  });
});
