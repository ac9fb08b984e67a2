import { describe, expect, it } from "vitest";
import { count, percent, pValueText, signedPercent } from "../../analytics/wording.ts";

describe("numbers in words", () => {
  it.each([
    [0.0642, "+6.4\u00A0%"],
    [-0.012, "−1.2\u00A0%"],
    [-0.0004, "0.0\u00A0%"],
    [0.0004, "0.0\u00A0%"],
    [12.5, "+1250.0\u00A0%"],
  ])("write a change of %d with a real minus sign and one decimal", (change, text) => {
    expect(signedPercent(change)).toBe(text);
  });

  it("write a share without a sign", () => {
    expect(percent(0.5)).toBe("50.0\u00A0%");
  });

  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1_234_567, "1,234,567"],
  ])("write %d with commas", (n, text) => {
    expect(count(n)).toBe(text);
  });

  it("never write a p-value of 0", () => {
    expect([pValueText(0.0341), pValueText(0.00099), pValueText(0)]).toEqual(["p = 0.034", "p < 0.001", "p < 0.001"]);
  });
});
