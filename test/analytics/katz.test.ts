import { describe, expect, it } from "vitest";
import { katzLift } from "../../analytics/katz.ts";

describe("Katz's interval of the lift", () => {
  it("has bounds whose ratios are reciprocal when the variants change places", () => {
    const a = { n: 640, conversions: 51 };
    const b = { n: 655, conversions: 77 };
    const there = katzLift(a, b, 0.05);
    const back = katzLift(b, a, 0.05);
    expect(1 + (there?.[0] ?? NaN)).toBeCloseTo(1 / (1 + (back?.[1] ?? NaN)), 12);
    expect(1 + (there?.[1] ?? NaN)).toBeCloseTo(1 / (1 + (back?.[0] ?? NaN)), 12);
  });

  it("keeps its digits where nearly everybody converted", () => {
    // ln R = 0 and its variance is 2·(1 − p)/x = 2e-18 for x = 1e9 − 1 of 1e9.
    const most = { n: 1e9, conversions: 1e9 - 1 };
    expect((katzLift(most, most, 0.05)?.[1] ?? NaN) / (1.959963984540054 * Math.SQRT2 * 1e-9)).toBeCloseTo(1, 8);
  });

  it.each([
    ["nobody converted in the control", { n: 5, conversions: 0 }, { n: 5, conversions: 2 }],
    ["nobody converted in the treatment", { n: 5, conversions: 2 }, { n: 5, conversions: 0 }],
    ["everybody converted in both", { n: 5, conversions: 5 }, { n: 9, conversions: 9 }],
  ])("is undefined where %s", (_, control, treatment) => {
    expect(katzLift(control, treatment, 0.05)).toBeUndefined();
  });
});
