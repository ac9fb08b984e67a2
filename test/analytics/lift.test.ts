import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";
import { estimateLift, liftOf, liftStandardError } from "../../analytics/lift.ts";

const Z = 1.959963984540054;

describe("the lift", () => {
  it("points up when a negative control rises, and is undefined over 0", () => {
    expect(liftOf(-4, -3)).toBe(0.25);
    expect(liftOf(-4, -5)).toBe(-0.25);
    expect(liftOf(0, 1)).toBeUndefined();
    expect(liftStandardError({ mean: 0, variance: 1 }, { mean: 1, variance: 1 })).toBeUndefined();
  });

  it("has the delta method's interval while the control's mean is clear, and Fieller's when it is noisy", () => {
    const treatment = { mean: 11, variance: 0.01 };
    const clear = estimateLift({ mean: 10, variance: 0.01 }, treatment, Z);
    expect(clear).toMatchObject({ kind: "estimated", preferred: "delta" });
    if (clear.kind === "estimated") expect(clear.interval).toBe(clear.deltaInterval);
    const control = { mean: 10, variance: 0.5 };
    const noisy = estimateLift(control, treatment, Z);
    expect(noisy).toMatchObject({ kind: "estimated", preferred: "fieller" });
    const fieller = fiellerLift(control, treatment, Z);
    if (noisy.kind === "estimated" && fieller.kind === "bounded") expect(noisy.interval).toEqual(fieller.interval);
  });

  it("has two intervals that meet as the control's noise goes away", () => {
    const lift = estimateLift({ mean: 10, variance: 1e-8 }, { mean: 11, variance: 1e-8 }, Z);
    expect(lift).toMatchObject({ kind: "estimated", fieller: { kind: "bounded" } });
    if (lift.kind === "undefined" || lift.fieller.kind !== "bounded") return;
    expect(lift.deltaInterval?.[0]).toBeCloseTo(lift.fieller.interval[0], 9);
    expect(lift.deltaInterval?.[1]).toBeCloseTo(lift.fieller.interval[1], 9);
  });

  it("has no interval where the preferred one is unbounded or has no width", () => {
    const unbounded = estimateLift({ mean: 1, variance: 1 }, { mean: 2, variance: 1 }, Z);
    expect(unbounded).toMatchObject({ lift: 1, preferred: "fieller", interval: undefined });
    // Nobody in the treatment did anything: the lift is −1, and how sure that is cannot be told from variances.
    const none = estimateLift({ mean: 0.1, variance: 1e-4 }, { mean: 0, variance: 0 }, Z);
    expect(none).toMatchObject({ lift: -1, standardError: 0, deltaInterval: undefined, interval: undefined });
  });

  it("is undefined over a control of 0 and where nothing varies", () => {
    const still = { mean: 1, variance: 0 };
    expect(estimateLift({ mean: 0, variance: 1 }, still, Z)).toEqual({ kind: "undefined", reason: "zero_baseline" });
    expect(estimateLift(still, { mean: 2, variance: 0 }, Z)).toEqual({ kind: "undefined", reason: "zero_variance" });
  });
});
