import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newcombeInterval, wilsonInterval } from "../../analytics/wilson.ts";

describe("Wilson's interval", () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is that of Newcombe (1998), Statistics in Medicine 17:857, table I", (conversions, n, low, high) => {
    const [from, to] = wilsonInterval({ n, conversions }, 0.05);
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });

  it("stays within 0 and 1, is around the rate, and mirrors when conversions and others change places", () => {
    const proportion = fc
      .integer({ min: 1, max: 1e9 })
      .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(proportion, fc.constantFrom(1e-6, 0.05, 0.5), ({ n, conversions }, alpha) => {
        const [low, high] = wilsonInterval({ n, conversions }, alpha);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(conversions / n);
        expect(high).toBeGreaterThanOrEqual(conversions / n);
        const [otherLow, otherHigh] = wilsonInterval({ n, conversions: n - conversions }, alpha);
        expect(otherLow).toBeCloseTo(1 - high, 12);
        expect(otherHigh).toBeCloseTo(1 - low, 12);
      }),
      { seed: 5 },
    );
  });

  it("begins at exactly 0 without conversions and ends at exactly 1 with nothing else", () => {
    expect(wilsonInterval({ n: 7, conversions: 0 }, 0.05)[0]).toBe(0);
    expect(wilsonInterval({ n: 7, conversions: 7 }, 0.05)[1]).toBe(1);
  });
});

describe("Newcombe's interval", () => {
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("of %i/%i less %i/%i is that of Newcombe (1998), 17:873, table II, method 10", (x1, n1, x2, n2, low, high) => {
    const [from, to] = newcombeInterval({ n: n2, conversions: x2 }, { n: n1, conversions: x1 }, 0.05);
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  });
});
