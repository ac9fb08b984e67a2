import { describe, expect, it } from "vitest";
import type { Comparison, Estimate } from "../../contract/results.ts";
import { readingOf, sideOf, timingOf } from "../../ui/results/reading.ts";

const NOTHING: Estimate = {
  difference: null,
  standard_error: null,
  ci_low: null,
  ci_high: null,
  lift: null,
  lift_ci_low: null,
  lift_ci_high: null,
  p_value: null,
  log10_p_value: null,
  undefined_reason: "no_data",
  lift_undefined_reason: "no_data",
};

const comparison = (change: Partial<Comparison> = {}): Comparison => ({
  key: "treatment",
  difference: 0.01,
  lift: 0.1,
  ci_low: 0.001,
  ci_high: 0.02,
  p_value: 0.03,
  lift_ci_low: 0.01,
  lift_ci_high: 0.2,
  standard_error: 0.005,
  undefined_reason: null,
  lift_undefined_reason: null,
  log10_p_value: null,
  reading: "unclear",
  adjusted_p_value: null,
  adjusted_lift_ci_low: null,
  adjusted_lift_ci_high: null,
  cuped: null,
  views: { anytime: NOTHING, fixed_horizon: NOTHING, bayesian: null },
  ...change,
});

const DUE = { timing: "due", over: false } as const;

const up = comparison();
const down = comparison({ lift_ci_low: -0.2, lift_ci_high: -0.01 });
const open = comparison({ lift_ci_low: -0.1, lift_ci_high: 0.2 });

describe("a reading", () => {
  it.each([
    ["primary", "increase", up, "Better", "good"],
    ["primary", "increase", down, "Worse", "bad"],
    ["primary", "decrease", up, "Worse", "bad"],
    ["primary", "decrease", down, "Better", "good"],
    ["secondary", "increase", open, "Not clear yet", "neutral"],
    ["guardrail", "decrease", up, "Some harm", "bad"],
    ["guardrail", "decrease", down, "Better", "good"],
    ["guardrail", "increase", down, "Some harm", "bad"],
    ["guardrail", "increase", open, "Not clear yet", "neutral"],
  ] as const)(
    "of a %s metric whose good is %s follows the business, not the sign",
    (role, direction, it, word, tone) => {
      expect(readingOf({ role, direction }, it, DUE)).toMatchObject({ word, tone });
    },
  );

  it.each([up, down])("is never good or bad before the planned end, however clear it looks", (it) => {
    expect(
      readingOf({ role: "primary", direction: "increase" }, it, { timing: timingOf("running"), over: false }),
    ).toEqual({ word: "Not clear yet", sign: "≈", tone: "neutral", why: "Read at the planned end" });
    expect(
      readingOf({ role: "guardrail", direction: "increase" }, it, { timing: timingOf("degraded"), over: true }),
    ).toMatchObject({ word: "Not clear", tone: "neutral" });
  });

  it("promises nothing once the test has ended", () => {
    expect(readingOf({ role: "primary", direction: "increase" }, open, { timing: "due", over: true }).word).toBe(
      "Not clear",
    );
  });

  it("is not clear when the interval touches 0", () => {
    expect(sideOf(comparison({ lift_ci_low: 0, lift_ci_high: 0.2 }))).toBe(0);
    expect(sideOf(comparison({ lift_ci_low: -0.2, lift_ci_high: 0 }))).toBe(0);
  });

  it("comes from the difference when there is no lift, as with a control at 0", () => {
    const absolute = comparison({ lift: null, lift_ci_low: null, lift_ci_high: null });
    expect(readingOf({ role: "primary", direction: "increase" }, absolute, DUE).word).toBe("Better");
  });

  it("says why when there is no interval at all, and is never good or bad", () => {
    const nothing = comparison({
      ci_low: null,
      ci_high: null,
      lift_ci_low: null,
      lift_ci_high: null,
      undefined_reason: "too_few_observations",
    });
    expect(readingOf({ role: "primary", direction: "increase" }, nothing, DUE)).toEqual({
      word: "Too few users yet",
      sign: "…",
      tone: "neutral",
    });
  });
});
