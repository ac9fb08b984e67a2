import { describe, expect, it } from "vitest";
import { durationOf } from "../../analytics/duration.ts";

describe("the duration of an experiment", () => {
  it.each([
    [3140, [2000], 2, 1],
    [2000, [2000], 1, 1],
    [2001, [2000], 2, 1],
    [14_001, [2000], 8, 2],
    [0, [2000], 0, 0],
  ])("of %d units at %j a day is %d days and %d weeks", (units, daily, days, weeks) => {
    expect(durationOf(units, daily)).toEqual({ kind: "finite", days, weeks });
  });

  it("does not take a day more because a share is no exact double", () => {
    // 100 * 0.29 is 28.999999999999996
    expect(durationOf(58, [100 * 0.29])).toMatchObject({ days: 2 });
    expect(durationOf(0.3, [0.1, 0.1, 0.1])).toMatchObject({ days: 3 });
  });

  it("follows the curve of arrivals, and goes on as its last week did", () => {
    const daily = [1000, 400, 200, 100, 100, 100, 100, 100, 100, 100];
    expect(durationOf(1400, daily)).toMatchObject({ days: 2 });
    expect(durationOf(1401, daily)).toMatchObject({ days: 3 });
    expect(durationOf(2300, daily)).toMatchObject({ days: 10 });
    expect(durationOf(2900, daily)).toEqual({ kind: "finite", days: 16, weeks: 3 });
  });

  it("never ends where nobody comes", () => {
    expect(durationOf(10, [])).toEqual({ kind: "endless" });
    expect(durationOf(10, [0])).toEqual({ kind: "endless" });
    expect(durationOf(10, [5, 0, 0, 0, 0, 0, 0, 0])).toEqual({ kind: "endless" });
    expect(durationOf(10, [20, 0])).toMatchObject({ days: 1 });
  });
});
