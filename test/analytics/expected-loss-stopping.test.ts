import { describe, expect, it } from "vitest";
import { shouldStop } from "../../analytics/expected-loss-stopping.ts";

const plan = { threshold: 0.001, minimumUnits: 100 };

describe("shouldStop", () => {
  it("goes on while any variant has too few units, however small the loss", () => {
    expect(shouldStop([0, 0.1], [99, 5000], plan)).toEqual({ kind: "continue", reason: "too_few_units" });
  });

  it("goes on while no variant can be chosen at a loss below the threshold", () => {
    expect(shouldStop([0.001, 0.002], [100, 100], plan)).toEqual({ kind: "continue", reason: "loss_above_threshold" });
  });

  it("chooses the variant with the least expected loss, and of equals the first", () => {
    expect(shouldStop([0.01, 0.0009, 0.0002], [100, 100, 100], plan)).toEqual({
      kind: "stop",
      choose: 2,
      expectedLoss: 0.0002,
    });
    expect(shouldStop([0.0002, 0.0002], [100, 100], plan)).toMatchObject({ kind: "stop", choose: 0 });
  });
});
