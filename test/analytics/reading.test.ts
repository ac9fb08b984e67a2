import { describe, expect, it } from "vitest";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Reading } from "../../contract/results.ts";
import { aMetric, aPlan, cellsOf, resultsAfter } from "./an-analysis.ts";

type Metric = Parameters<typeof aMetric>[0];
type Arm = readonly [units: number, withEvent: number];
const readOf = (
  metric: Metric,
  [units, control]: Arm,
  [others, treatment]: Arm,
  change: Partial<AnalysisPlan> = {},
): Reading =>
  resultsAfter(20, aPlan({ metrics: [aMetric(metric)], ...change }), [
    ...cellsOf("v0", units, { m0: control }),
    ...cellsOf("v1", others, { m0: treatment }),
  ]).metrics[0]!.comparisons[0]!.reading;

const read = (metric: Metric, control: number, treatment: number, change: Partial<AnalysisPlan> = {}): Reading =>
  readOf(metric, [10_000, control], [10_000, treatment], change);

const limit = (value: number, direction: "increase" | "decrease" = "decrease"): Metric => ({
  role: "guardrail",
  direction,
  limit: value,
});

describe("the reading of a goal", () => {
  it.each([
    ["better", "increase", 1000, 1200],
    ["worse", "increase", 1200, 1000],
    ["worse", "decrease", 1000, 1200],
    ["better", "decrease", 1200, 1000],
    ["unclear", "increase", 1000, 1010],
    ["undefined", "increase", 0, 0],
    ["better", "increase", 0, 100],
  ] as const)("is %s when good is to %s from %i to %i", (reading, direction, control, treatment) => {
    expect(read({ direction }, control, treatment)).toBe(reading);
    expect(read({ direction, role: "secondary" }, control, treatment)).toBe(reading);
  });

  it("is by the chance to win, and the loss that is expected from a choice, where the plan is Bayesian", () => {
    const plan = { method: "bayesian", loss_threshold: 0.005 } as const;
    expect(read({}, 1000, 1200, plan)).toBe("better");
    expect(read({}, 1200, 1000, plan)).toBe("worse");
    expect(read({ direction: "decrease" }, 1200, 1000, plan)).toBe("better");
    expect(read({}, 1000, 1010, plan)).toBe("unclear");
    expect(read({}, 0, 100, plan)).toBe("undefined");
    // A loss that would be borne is no reason to choose what may well be worse: the chance to win is some 90 %.
    expect(read({}, 1000, 1055, { ...plan, loss_threshold: 0.02 })).toBe("unclear");
    // With a threshold beyond all that can be lost, either choice will do.
    expect(read({}, 1000, 1010, { ...plan, loss_threshold: 0.5 })).toBe("unclear");
  });
});

describe("the reading of a guardrail", () => {
  it.each([
    ["within_limit", 0.15, 2000, 2000],
    ["within_limit", 0.02, 2000, 1500],
    // Harm that is sure, and sure to be small enough.
    ["within_limit", 0.2, 4000, 4300],
    ["some_harm", 0.08, 4000, 4300],
    ["crossed_limit", 0.02, 4000, 4500],
    ["not_ruled_out", 0.02, 2000, 2000],
    ["crossed_limit", 0.02, 0, 100],
    ["crossed_limit", 0.02, 3, 100],
    ["some_harm", 10, 3, 20],
    ["undefined", 0.02, 0, 0],
  ] as const)("is %s at a limit of %d when errors go from %i to %i", (reading, value, control, treatment) => {
    expect(read(limit(value), control, treatment)).toBe(reading);
  });

  it.each([
    ["few events in either variant", [1231, 7], [881, 2], {}],
    ["few events in either variant", [10_000, 9], [10_000, 0], {}],
    ["few events in either variant", [10_000, 0], [10_000, 9], {}],
    ["few events in either variant", [10_000, 0], [10_000, 9], { type: "count" }],
    ["few without an event in either variant", [1000, 1000], [1000, 992], { direction: "increase" }],
    ["few units in one variant", [99, 20], [10_000, 6000], {}],
    ["few units in one variant", [10_000, 2000], [99, 80], {}],
  ] as const)("is not ruled out with %s: %j against %j", (_, control, treatment, its) => {
    expect(readOf({ ...limit(0.02), ...its }, control, treatment)).toBe("not_ruled_out");
  });

  it("is not ruled out with few events in either variant, whatever is believed of lifts", () => {
    // Fisher's exact test has p = 0.32; the belief is that the lift is between −71 % and +15 %.
    expect(readOf(limit(0.2), [1231, 7], [881, 2], { method: "bayesian" })).toBe("not_ruled_out");
  });

  it.each([
    ["crossed_limit", [20_000, 0], [20_000, 60], {}],
    ["crossed_limit", [1000, 5], [1000, 300], {}],
    ["crossed_limit", [1000, 1000], [1000, 940], { direction: "increase" }],
    ["within_limit", [20_000, 60], [20_000, 0], {}],
    ["crossed_limit", [20_000, 0], [20_000, 60], { type: "count" }],
    ["undefined", [99, 0], [99, 0], {}],
  ] as const)("is %s with many in one variant: %j against %j", (reading, control, treatment, its) => {
    expect(readOf({ ...limit(0.02), ...its }, control, treatment)).toBe(reading);
  });

  it("goes by the bad direction of the metric", () => {
    expect(read(limit(0.02, "increase"), 4500, 4000)).toBe("crossed_limit");
    expect(read(limit(0.02, "increase"), 4000, 4500)).toBe("within_limit");
  });

  it("is the same by beliefs, whose interval is that of the lift", () => {
    expect(read(limit(0.02), 4000, 4500, { method: "bayesian" })).toBe("crossed_limit");
    // No prior on the lift helps where the control has none.
    expect(read(limit(0.02), 0, 100, { method: "bayesian" })).toBe("crossed_limit");
    expect(read(limit(0.2), 4000, 4300, { method: "bayesian" })).toBe("within_limit");
  });
});
