import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intervalAxis, intervalBar, positionOn } from "../../ui/charts/interval-axis.ts";

const interval = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([low, width]) => ({ low, high: low + width }));

describe("intervalAxis", () => {
  it("always has 0 in the middle and at least one tick on each side of it", () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
        const { limit, ticks } = intervalAxis(intervals);
        expect(limit).toBeGreaterThan(0);
        expect(ticks).toContain(0);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.map((tick) => 0 - tick).sort((a, b) => a - b)).toEqual(ticks.map((tick) => 0 + tick));
        expect(Math.max(...ticks)).toBeLessThan(limit);
      }),
      { seed: 2 },
    );
  });

  it("is not stretched by one wild interval among many", () => {
    const calm = Array.from({ length: 20 }, () => ({ low: -0.05, high: 0.05 }));
    const axis = intervalAxis([...calm, { low: -9, high: 9 }]);
    expect(axis.limit).toBeLessThan(0.1);
  });
});

describe("intervalBar", () => {
  const axis = { limit: 0.2, ticks: [-0.1, 0, 0.1] };

  it("puts 0 in the middle and the limits at the ends", () => {
    expect([-0.2, 0, 0.2].map((value) => positionOn(axis, value, 200))).toEqual([0, 100, 200]);
  });

  it("says on which side a bar goes on past the edge, and stays inside", () => {
    const bar = intervalBar(axis, { low: 0.01, high: 0.5, estimate: 0.25 }, 200);
    expect(bar.past).toEqual({ low: false, high: true });
    expect(bar.to).toBe(200);
    expect(bar.estimate).toBe(200);
    expect(bar.from).toBeCloseTo(105, 9);
  });
});
