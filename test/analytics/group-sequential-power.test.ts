import { describe, expect, it } from "vitest";
import { classicalBoundaries, OBRIEN_FLEMING, POCOCK } from "../../analytics/classical-boundaries.ts";
import { exitProbabilities } from "../../analytics/exit-probabilities.ts";
import { driftFor, expectedFraction, inflationFactor } from "../../analytics/group-sequential-power.ts";

describe("the power of a group-sequential test", () => {
  it.each([
    // Jennison & Turnbull (2000), tables 2.2 and 2.4: R_P and R_B of five looks, alpha 0.05.
    { name: "Pocock", delta: POCOCK, power: 0.8, inflation: "1.229" },
    { name: "Pocock", delta: POCOCK, power: 0.9, inflation: "1.207" },
    { name: "O'Brien and Fleming", delta: OBRIEN_FLEMING, power: 0.8, inflation: "1.028" },
    { name: "O'Brien and Fleming", delta: OBRIEN_FLEMING, power: 0.9, inflation: "1.026" },
  ])("needs $inflation times the sample by $name at power $power", ({ delta, power, inflation }) => {
    const { fractions, bounds } = classicalBoundaries(5, 0.05, delta);
    expect(inflationFactor(fractions, bounds, 0.05, power).toFixed(3)).toBe(inflation);
  });

  it("is reached at the drift that it asks for", () => {
    const fractions = [0.2, 0.6, 0.7, 1];
    const bounds = [3, Infinity, 2.4, 2.1];
    for (const power of [0.001, 0.5, 0.9999]) {
      const drift = driftFor(fractions, bounds, power);
      const { upper } = exitProbabilities(fractions, bounds, drift);
      expect(upper.reduce((sum, exit) => sum + exit, 0)).toBeCloseTo(power, 11);
    }
  });

  it("costs nothing with one look", () => {
    expect(inflationFactor([1], [1.959963984540054], 0.05, 0.8)).toBeCloseTo(1, 12);
    expect(expectedFraction([1], [1.959963984540054], 2)).toBe(1);
  });

  it("ends at once when the effect is enormous, and late when there is none", () => {
    const { fractions, bounds } = classicalBoundaries(5, 0.05, POCOCK);
    expect(expectedFraction(fractions, bounds, 50)).toBeCloseTo(0.2, 12);
    expect(expectedFraction(fractions, bounds, 0)).toBeGreaterThan(0.95);
  });
});
