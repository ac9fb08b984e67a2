import { describe, expect, it } from "vitest";
import { compareBotShares, compareRandomisations, controlDrift, multiExposureShare } from "../../analytics/sutva.ts";

describe("signs of interference", () => {
  it("are units that saw two variants, as a share of all", () => {
    expect(multiExposureShare(5, 200)).toBe(0.025);
    expect(multiExposureShare(0, 0)).toBeUndefined();
  });

  it("are a control that moves with the share of treatment", () => {
    const ramp = [0.05, 0.1, 0.25, 0.5];
    const at = (slope: number) =>
      controlDrift(
        ramp.map((treatmentShare) => ({
          treatmentShare,
          control: { mean: 2 + slope * treatmentShare, variance: 1e-4 },
        })),
        0.05,
      );
    const moving = at(0.4);
    if (moving.kind === "undefined") throw new Error(moving.reason);
    expect(moving.difference).toBeCloseTo(0.4, 10);
    expect(moving.intercept).toBeCloseTo(2, 10);
    expect(moving.pValue).toBeLessThan(0.001);
    expect(at(0)).toMatchObject({ kind: "estimated", difference: 0, pValue: 1 });
  });

  it("cannot be seen in the control while the share never changed", () => {
    const same = { treatmentShare: 0.5, control: { mean: 1, variance: 1 } };
    const unknown = { kind: "undefined", reason: "too_few_observations" };
    expect(controlDrift([same, same, same], 0.05)).toEqual(unknown);
    expect(controlDrift([], 0.05)).toEqual(unknown);
    expect(controlDrift([same, { treatmentShare: 0.9, control: { mean: 1, variance: 0 } }], 0.05)).toEqual(unknown);
  });

  it("are more bots in one variant than in another", () => {
    const even = compareBotShares([
      { units: 1000, bots: 20 },
      { units: 2000, bots: 40 },
    ]);
    expect(even).toMatchObject({ shares: [0.02, 0.02], test: { chiSquared: 0, pValue: 1 } });
    // prop.test(c(20, 60), c(1000, 1000), correct = FALSE): X-squared = 20.833
    const { test } = compareBotShares([
      { units: 1000, bots: 20 },
      { units: 1000, bots: 60 },
    ]);
    expect(test).toMatchObject({ kind: "estimated", degreesOfFreedom: 1 });
    expect(test.kind === "estimated" && test.chiSquared).toBeCloseTo(20.8333, 4);
    expect(compareBotShares([{ units: 0, bots: 0 }]).shares).toEqual([undefined]);
  });

  it("are effects that differ between clusters and units", () => {
    expect(compareRandomisations({ mean: 5, variance: 9 }, { mean: 0, variance: 16 }, 0.05)).toMatchObject({
      difference: 5,
      standardError: 5,
      statistic: 1,
    });
  });
});
