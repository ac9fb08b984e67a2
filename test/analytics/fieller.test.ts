import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";

const estimate = fc.record({
  mean: fc.double({ min: -50, max: 50, noNaN: true }),
  variance: fc.double({ min: 1e-3, max: 10, noNaN: true }),
});

describe("Fieller's interval of the lift", () => {
  it("ends where the test that the treatment is that multiple of the control is just significant", () => {
    fc.assert(
      fc.property(estimate, estimate, fc.constantFrom(1.645, 1.96, 3), (control, treatment, critical) => {
        const fieller = fiellerLift(control, treatment, critical);
        if (fieller.kind !== "bounded" || fieller.g > 0.99) return;
        for (const lift of fieller.interval) {
          const ratio = control.mean > 0 ? 1 + lift : 1 - lift;
          const difference = treatment.mean - ratio * control.mean;
          const standardError = Math.sqrt(treatment.variance + ratio * ratio * control.variance);
          expect(Math.abs(difference) / standardError).toBeCloseTo(critical, 8);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });

  it("is around the lift, whatever the sign of the control's mean", () => {
    fc.assert(
      fc.property(estimate, estimate, (control, treatment) => {
        const fieller = fiellerLift(control, treatment, 1.96);
        if (fieller.kind !== "bounded") return;
        const lift = (treatment.mean - control.mean) / Math.abs(control.mean);
        expect(fieller.interval[0]).toBeLessThanOrEqual(lift + 1e-9);
        expect(fieller.interval[1]).toBeGreaterThanOrEqual(lift - 1e-9);
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  it("turns with the sign of both means", () => {
    const up = fiellerLift({ mean: 4, variance: 0.1 }, { mean: 5, variance: 0.2 }, 1.96);
    const down = fiellerLift({ mean: -4, variance: 0.1 }, { mean: -5, variance: 0.2 }, 1.96);
    expect(up).toMatchObject({ kind: "bounded" });
    if (up.kind === "bounded") expect(down).toEqual({ ...up, interval: [-up.interval[1], -up.interval[0]] });
  });

  it("is unbounded from g = 1 on, where the control's mean cannot be told from 0", () => {
    const treatment = { mean: 3, variance: 0.1 };
    expect(fiellerLift({ mean: 2, variance: 1 }, treatment, 2)).toEqual({ kind: "unbounded", g: 1 });
    expect(fiellerLift({ mean: 0, variance: 1 }, treatment, 2)).toEqual({ kind: "unbounded", g: Infinity });
    expect(fiellerLift({ mean: 0, variance: 0 }, treatment, 2)).toEqual({ kind: "unbounded", g: Infinity });
  });

  it("is undefined where nothing varies", () => {
    expect(fiellerLift({ mean: 2, variance: 0 }, { mean: 3, variance: 0 }, 2)).toEqual({ kind: "undefined", g: 0 });
  });

  it("has the same g for means and variances that vanish when they are squared", () => {
    const { g } = fiellerLift({ mean: 1e-170, variance: 1e-320 }, { mean: 1e-170, variance: 1e-320 }, 2);
    expect(g).toBeGreaterThan(1e18);
  });
});
