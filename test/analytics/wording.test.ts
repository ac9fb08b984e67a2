import { describe, expect, it } from "vitest";
import {
  chance,
  changeOf,
  count,
  dayRange,
  listed,
  lossText,
  percent,
  plainPercent,
  pValueText,
  signedPercent,
} from "../../analytics/wording.ts";

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

  it.each([
    [0, "<1\u00A0%"],
    [0.0099, "<1\u00A0%"],
    [0.01, "1\u00A0%"],
    [0.974, "97\u00A0%"],
    [0.99, "99\u00A0%"],
    [0.9901, ">99\u00A0%"],
    [1, ">99\u00A0%"],
  ])("write a probability of %d as nothing more certain than it is", (probability, text) => {
    expect(chance(probability)).toBe(text);
  });

  it.each([
    [0.02, "2\u00A0%"],
    [0.0025, "0.25\u00A0%"],
    [0.05, "5\u00A0%"],
    [1 - 0.05, "95\u00A0%"],
    [1 - 0.001, "99.9\u00A0%"],
    [0.3, "30\u00A0%"],
  ])("write a chosen share of %d with the decimals that it has", (share, text) => {
    expect(plainPercent(share)).toBe(text);
  });

  it("write a loss with two digits, and a tiny one as such", () => {
    expect([0.00234, 0.0001, 1e-9].map(lossText)).toEqual(["0.23\u00A0%", "0.01\u00A0%", "<0.01\u00A0%"]);
  });

  it("write ranges and lists as they are spoken", () => {
    expect([dayRange([3, 5]), dayRange([1, 1]), dayRange([0, 1])]).toEqual(["3–5 days", "1 day", "0–1 days"]);
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual(["", "a", "a and b", "a, b and c"]);
  });

  it("write a change as a share, or as a difference in its own unit where there is no lift", () => {
    const lift = { lift: 0.1, lift_ci_low: 0.05, lift_ci_high: 0.15 };
    const none = { lift: null, lift_ci_low: null, lift_ci_high: null };
    const difference = { difference: -0.012, ci_low: -0.02, ci_high: -0.004 };
    expect(changeOf({ type: "sum" }, { ...lift, ...difference })[0]).toBe("+10.0\u00A0%");
    expect(changeOf({ type: "retention" }, { ...none, ...difference })[1]).toBe("−2.00 percentage points");
    expect(changeOf({ type: "sum" }, { ...none, ...difference })[0]).toBe("−0.012 per unit");
    expect(changeOf({ type: "time_to_event" }, { ...none, ...difference })[0]).toBe("−0.012 s");
    expect(changeOf({ type: "ratio" }, { ...none, ...difference })[0]).toBe("−0.012");
    expect(changeOf({ type: "sum" }, { ...lift, ...none, ...difference, ci_low: null })).toEqual([]);
  });
});
