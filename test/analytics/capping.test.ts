import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cappedSample, percentileCap } from "../../analytics/capping.ts";

describe("a percentile cap", () => {
  it("is that of both variants' values together, in whatever order they come", () => {
    // R: quantile(c(1, 2, 3, 4, 10), .9)
    expect(
      percentileCap(
        [
          [10, 1],
          [4, 2, 3],
        ],
        0.9,
        false,
      ),
    ).toBeCloseTo(7.6, 14);
    expect(
      percentileCap(
        [
          [3, 2, 4],
          [1, 10],
        ],
        0.9,
        false,
      ),
    ).toBeCloseTo(7.6, 14);
  });

  it("can leave zeros out, and is undefined when nothing is left", () => {
    expect(percentileCap([[0, 0, 0, 6], [8]], 0.5, true)).toBe(7);
    expect(percentileCap([[0, 0, 0, 6], [8]], 0.5, false)).toBe(0);
    expect(percentileCap([[0], [0]], 0.5, true)).toBeUndefined();
    expect(percentileCap([[], []], 0.5, false)).toBeUndefined();
  });

  it("is never above the largest value, so that at 1 it cuts nothing", () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (control, treatment) => {
        expect(percentileCap([control, treatment], 1, false)).toBe(Math.max(...control, ...treatment));
      }),
      { seed: 12 },
    );
  });
});

describe("a capped sample", () => {
  it("has values above the cap cut down to it and counted; those at the cap are not above it", () => {
    // R: x <- pmin(c(1, 5, 5, 30, 99), 5); mean(x); var(x)
    const { variance, ...rest } = cappedSample([1, 5, 5, 30, 99], 5);
    expect(rest).toEqual({ n: 5, mean: 4.2, capped: 2 });
    expect(variance).toBeCloseTo(3.2, 14);
  });

  it("has no variance of one value and nothing of none", () => {
    expect(cappedSample([9], 5)).toEqual({ n: 1, mean: 5, variance: 0, capped: 1 });
    expect(cappedSample([], 5)).toEqual({ n: 0, mean: 0, variance: 0, capped: 0 });
  });
});
