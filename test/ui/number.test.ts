import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percent, pValueText, signedPercent } from "../../analytics/wording.ts";
import {
  changeDecimals,
  formatChance,
  formatChange,
  formatCompact,
  formatCount,
  formatDifference,
  formatNumber,
  formatPercent,
  formatPValue,
  formatShares,
  meanDecimals,
  rateDecimals,
} from "../../ui/format/number.ts";

describe("figures on screen", () => {
  it("group thousands and use a true minus", () => {
    expect(formatCount(54_550)).toBe("54,550");
    expect(formatNumber(-1840.5, 1)).toBe("−1,840.5");
  });

  it("write shares as per cent with a fixed number of decimals", () => {
    expect(formatPercent(0.0912, 2)).toBe("9.12\u00A0%");
    expect(formatPercent(0.312, 2)).toBe("31.20\u00A0%");
  });

  it("give a change its sign, and none to what rounds to nothing", () => {
    expect(formatChange(0.072, 1)).toBe("+7.2\u00A0%");
    expect(formatChange(-0.0161, 1)).toBe("−1.6\u00A0%");
    expect(formatChange(0.0001, 1)).toBe("0.0\u00A0%");
    expect(formatChange(-0.0001, 1)).toBe("0.0\u00A0%");
    expect(formatDifference(-0.001, 2)).toBe("0.00");
    expect(formatDifference(0.21, 2)).toBe("+0.21");
  });

  it("shorten the counts of an axis", () => {
    expect([0, 5000, 20_000, 1_500_000].map(formatCompact)).toEqual(["0", "5k", "20k", "1.5M"]);
  });

  it("are written as in the server's sentences", () => {
    for (const share of [0.072, -0.0161, 0.00001, 0]) expect(formatChange(share, 1)).toBe(signedPercent(share));
    expect(formatPercent(0.5, 1)).toBe(percent(0.5));
    for (const p of [1, 0.5, 0.0312, 0.001, 0.0009]) expect(formatPValue(p)).toBe(pValueText(p));
  });

  it.each([
    [0.78, "p = 0.780"],
    [0.0312, "p = 0.031"],
    [1e-12, "p < 0.001"],
    [1, "p = 1.000"],
  ])("write the p-value %f as %s", (p, text) => {
    expect(formatPValue(p)).toBe(text);
  });
});

describe("a probability", () => {
  it.each([
    [0.97, "97\u00A0%"],
    [0.9999, ">\u00A099\u00A0%"],
    [1, ">\u00A099\u00A0%"],
    [0.009, "<\u00A01\u00A0%"],
    [0, "<\u00A01\u00A0%"],
  ])("of %f is written as %s, never as if it were certain", (chance, text) => {
    expect(formatChance(chance)).toBe(text);
  });
});

describe("the shares of a whole", () => {
  it("sum to 100 as they are written", () => {
    expect(formatShares([1, 1, 1], 1)).toEqual(["33.4\u00A0%", "33.3\u00A0%", "33.3\u00A0%"]);
    expect(formatShares([0.5, 0.5], 1)).toEqual(["50.0\u00A0%", "50.0\u00A0%"]);
    expect(formatShares([0, 0], 1)).toEqual(["–", "–"]);
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 20 }), (parts) => {
        fc.pre(parts.some((part) => part > 0));
        const tenths = formatShares(parts, 1).map((text) => Math.round(Number.parseFloat(text) * 10));
        expect(tenths.reduce((sum, tenth) => sum + tenth, 0)).toBe(1000);
        for (const [index, tenth] of tenths.entries())
          expect(
            Math.abs(tenth - ((parts[index] ?? 0) / parts.reduce((sum, part) => sum + part, 0)) * 1000),
          ).toBeLessThan(1);
      }),
      { seed: 5 },
    );
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
