import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { millionthsOf } from "../../counting/millionths.ts";
import { exactMillionths } from "./reference-metrics.ts";

describe("millionthsOf", () => {
  it.each([
    [19.99, 19_990_000],
    [-19.99, -19_990_000],
    [0.1, 100_000],
    // Exactly half a millionth past one: 2⁻⁷ = 0.0078125.
    [0.0078125, 7_813],
    [-0.0078125, -7_813],
    // The double nearest to this lies a little below half a millionth.
    [0.0000005, 0],
    [1e9, 1e15],
    [0.0000001, 0],
    [-0.0000001, 0],
    [0, 0],
    [-0, 0],
  ])("makes %d to %d", (value, millionths) => {
    expect(millionthsOf(value)).toBe(millionths);
  });

  it("agrees with exact integer arithmetic on every double", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        expect(millionthsOf(value)).toBe(Number(exactMillionths(value)));
      }),
      { numRuns: 5000, seed: 20_260_723 },
    );
  });

  it.each([undefined, null, "5", Number.NaN, Infinity, -Infinity, 1.000001e9, true, {}, [5]])(
    "takes %s for no value",
    (value) => {
      expect(millionthsOf(value)).toBeUndefined();
    },
  );
});
