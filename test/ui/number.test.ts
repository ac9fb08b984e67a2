import { describe, expect, it } from "vitest";
import {
  changeDecimals,
  formatChange,
  formatCompact,
  formatCount,
  formatDifference,
  formatNumber,
  formatPercent,
  formatPValue,
  meanDecimals,
  rateDecimals,
} from "../../ui/format/number.ts";

describe("figures on screen", () => {
  it("group thousands and use a true minus", () => {
    expect(formatCount(54_550)).toBe("54,550");
    expect(formatNumber(-1840.5, 1)).toBe("−1,840.5");
  });

  it("write shares as per cent with a fixed number of decimals", () => {
    expect(formatPercent(0.0912, 2)).toBe("9.12%");
    expect(formatPercent(0.312, 2)).toBe("31.20%");
  });

  it("give a change its sign, and none to what rounds to nothing", () => {
    expect(formatChange(0.072, 1)).toBe("+7.2%");
    expect(formatChange(-0.0161, 1)).toBe("−1.6%");
    expect(formatChange(0.0001, 1)).toBe("0.0%");
    expect(formatChange(-0.0001, 1)).toBe("0.0%");
    expect(formatDifference(-0.001, 2)).toBe("0.00");
    expect(formatDifference(0.21, 2)).toBe("+0.21");
  });

  it("shorten the counts of an axis", () => {
    expect([0, 5000, 20_000, 1_500_000].map(formatCompact)).toEqual(["0", "5k", "20k", "1.5M"]);
  });

  it.each([
    [0.78, "p = 0.78"],
    [0.0312, "p = 0.031"],
    [1e-12, "p < 0.001"],
    [1, "p = 1.00"],
  ])("write the p-value %f as %s", (p, text) => {
    expect(formatPValue(p)).toBe(text);
  });
});

describe("decimals of a column", () => {
  it("follow the narrowest interval, from one to three", () => {
    expect(changeDecimals([{ low: 0.018, high: 0.127 }])).toBe(1);
    expect(
      changeDecimals([
        { low: -0.1, high: 0.1 },
        { low: -0.0004, high: 0.0006 },
      ]),
    ).toBe(2);
    expect(changeDecimals([{ low: 0, high: 1e-9 }])).toBe(3);
    expect(changeDecimals([])).toBe(1);
  });

  it("are two for rates, three when a rate is tiny", () => {
    expect(rateDecimals([0.0912, 0.31])).toBe(2);
    expect(rateDecimals([0.0912, 0.0004])).toBe(3);
    expect(rateDecimals([0, 0.5])).toBe(2);
  });

  it.each([
    [[1840, 1846], 0],
    [[123.4, 99], 1],
    [[4.31, 4.52], 2],
    [[0.012], 3],
    [[], 2],
  ])("of the means %j are %i", (means, decimals) => {
    expect(meanDecimals(means)).toBe(decimals);
  });
});
