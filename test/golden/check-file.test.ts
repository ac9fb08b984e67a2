import { describe, expect, it } from "vitest";
import { checkFile, VectorFile } from "./check-file.ts";
import { computed } from "./method.ts";

const SPENDING = "Group-sequential boundaries by alpha spending (two-sided symmetric)";

/** What is wrong with what a method computed, by a file of one case. */
const failuresOf = (computedFields: object, expected: object, tolerance?: object, method = "a method"): unknown => {
  const file = VectorFile.parse({ method, cases: [{ name: "a case", input: {}, expected, tolerance }] });
  return checkFile(
    file,
    computed(() => ({ ...computedFields })),
  )[0]?.failures;
};

describe("a case of a file of vectors", () => {
  it("passes within the tolerance of the field, else within the default one", () => {
    const tolerance = { default: { rel: 0.01 }, fields: { y: { abs: [0.5, 0] } } };
    expect(failuresOf({ x: 100.9, y: [1.4, 2] }, { x: 100, y: [1, 2] }, tolerance)).toEqual([]);
    expect(failuresOf({ x: 101.1, y: [1.6, 2.1] }, { x: 100, y: [1, 2] }, tolerance)).toEqual([
      "x: got 101.1, expected 100",
      "y.0: got 1.6, expected 1",
      "y.1: got 2.1, expected 2",
    ]);
  });

  it("has to be met exactly without a tolerance, and says so", () => {
    expect(failuresOf({ x: 1 }, { x: 1 })).toEqual([]);
    expect(failuresOf({ x: 2 }, { x: 1 })).toEqual(["x: got 2, expected 1 exactly, as the file gives no tolerance"]);
  });

  it("tells null, NaN and the infinities apart", () => {
    const tolerance = { default: { abs: 1 } };
    expect(failuresOf({ x: Infinity, y: null }, { x: "Infinity", y: null }, tolerance)).toEqual([]);
    expect(failuresOf({ x: NaN, y: -Infinity }, { x: null, y: "Infinity" }, tolerance)).toEqual([
      "x: got NaN, expected null",
      'y: got -Infinity, expected "Infinity"',
    ]);
  });

  it("takes any bound from 8 on for one above 8, where the file's notes say so", () => {
    const tolerance = { default: { abs: 1e-5 } };
    expect(failuresOf({ z_bounds: [Infinity, 8] }, { z_bounds: [9.9, 8.3] }, tolerance, SPENDING)).toEqual([]);
    expect(failuresOf({ z_bounds: [7.9] }, { z_bounds: [9.9] }, tolerance, SPENDING)).toHaveLength(1);
    expect(failuresOf({ z_bounds: [8.1] }, { z_bounds: [7.9] }, tolerance, SPENDING)).toHaveLength(1);
    expect(failuresOf({ z_bounds: [Infinity] }, { z_bounds: [9.9] }, tolerance)).toHaveLength(1);
  });
});
