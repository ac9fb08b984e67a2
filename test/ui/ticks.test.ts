import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coveringTicks, multiplesWithin, niceStep } from "../../ui/charts/ticks.ts";

describe("niceStep", () => {
  it.each([
    [10, 5, 2],
    [0.3, 3, 0.1],
    [1, 3, 0.5],
    [70, 5, 20],
    [54_550, 4, 20_000],
  ])("cuts %f into about %i steps of %f", (span, count, step) => {
    expect(niceStep(span, count)).toBeCloseTo(step, 12);
  });

  it("is 1, 2 or 5 times a power of ten and never makes more steps than asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 12 }), (span, count) => {
        const step = niceStep(span, count);
        const digit = Number(step.toExponential().charAt(0));
        expect([1, 2, 5]).toContain(digit);
        expect(span / step).toBeLessThanOrEqual(count * (1 + 1e-6));
      }),
      { seed: 1 },
    );
  });

  it("is 1 for a span of nothing", () => {
    expect(niceStep(0, 5)).toBe(1);
  });
});

describe("multiplesWithin", () => {
  it("is free of floating-point dust", () => {
    expect(multiplesWithin(-0.3, 0.3, 0.1)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  });

  it("stays within its ends", () => {
    expect(multiplesWithin(-0.16, 0.16, 0.1)).toEqual([-0.1, 0, 0.1]);
    expect(multiplesWithin(0.2, 0.1, 0.1)).toEqual([]);
  });
});

describe("coveringTicks", () => {
  it("covers the whole range by rounding outwards", () => {
    expect(coveringTicks(0, 18_219, 4)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
    expect(coveringTicks(-3, 7, 5)).toEqual([-4, -2, 0, 2, 4, 6, 8]);
  });
});
