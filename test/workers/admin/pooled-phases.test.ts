import { describe, expect, it } from "vitest";
import type { Phase } from "../../../contract/experiment.ts";
import { pooledPhases } from "../../../workers/admin/pooled-phases.ts";

const aPhase = (number: number, change: Partial<Phase> = {}): Phase => ({
  number,
  started_at: "2026-01-01T00:00:00.000Z",
  reason: "",
  weights_bp: { a: 5000, b: 5000 },
  slots: [{ range_start: 0, range_end: number * 100 }],
  targeting: { rules: [] },
  prerequisites: [],
  salt: "salt",
  ...change,
});
const numbers = (phases: readonly Phase[]) => pooledPhases(phases).map(({ number }) => number);

describe("the phases that are analysed together", () => {
  it("are none before the start", () => {
    expect(pooledPhases([])).toEqual([]);
  });

  it("are all of them while only the traffic changes", () => {
    expect(numbers([aPhase(1), aPhase(2), aPhase(3)])).toEqual([1, 2, 3]);
  });

  it.each<Partial<Phase>>([
    { weights_bp: { a: 9000, b: 1000 } },
    { salt: "salt.2" },
    { targeting: { rules: [{ conditions: [{ attribute: "age", operator: "gt", value: 1 }] }] } },
    { prerequisites: [{ flag: "on", value: true }] },
  ])("begin anew with %j", (change) => {
    expect(numbers([aPhase(1), aPhase(2, change), aPhase(3, change)])).toEqual([2, 3]);
  });

  it("begin anew where weights come back to what they were", () => {
    expect(numbers([aPhase(1), aPhase(2, { weights_bp: { a: 9000, b: 1000 } }), aPhase(3)])).toEqual([3]);
  });
});
