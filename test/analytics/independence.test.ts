import { describe, expect, it } from "vitest";
import { testIndependence } from "../../analytics/independence.ts";

describe("the test of independence", () => {
  it("agrees with R's chisq.test on a table of two rows and three columns", () => {
    // chisq.test(rbind(c(762, 327, 468), c(484, 239, 477)))
    const test = testIndependence([
      [762, 327, 468],
      [484, 239, 477],
    ]);
    expect(test).toMatchObject({ kind: "estimated", degreesOfFreedom: 2 });
    if (test.kind !== "estimated") throw new Error("there are counts");
    expect(test.chiSquared).toBeCloseTo(30.07015, 5);
    expect(test.pValue).toBeCloseTo(2.953589e-7, 12);
  });

  it("leaves out rows and columns without a count", () => {
    const full = testIndependence([
      [10, 20],
      [30, 15],
    ]);
    const padded = testIndependence([
      [10, 0, 20],
      [0, 0, 0],
      [30, 0, 15],
    ]);
    expect(padded).toEqual(full);
  });

  it.each([
    [[]],
    [[[0, 0]]],
    [[[3, 4]]],
    [[[3], [4]]],
    [
      [
        [3, 0],
        [4, 0],
      ],
    ],
  ])("has nothing to say of %j", (table) => {
    expect(testIndependence(table)).toEqual({ kind: "undefined", reason: "no_data" });
  });
});
