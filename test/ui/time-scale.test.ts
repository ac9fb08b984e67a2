import { describe, expect, it } from "vitest";
import { countScale, labelledPositions, liftScale } from "../../ui/charts/time-scale.ts";

const days = (...halfWidths: number[]) => halfWidths.map((half) => [{ low: -half, high: half }]);

describe("countScale", () => {
  it("runs from 0 to a tick above the largest count", () => {
    expect(countScale([1, 900, 18_219])).toEqual({ from: 0, to: 20_000, ticks: [0, 5000, 10_000, 15_000, 20_000] });
  });

  it("has whole numbers only, however small the counts", () => {
    expect(countScale([0, 1]).ticks.every(Number.isInteger)).toBe(true);
    expect(countScale([]).to).toBeGreaterThan(0);
  });
});

describe("liftScale", () => {
  it("cuts off wild first days and says so", () => {
    const scale = liftScale(days(4, 2, 0.2, 0.15, 0.1, 0.1));
    expect(scale.to).toBeCloseTo(0.15 * 1.5 * 1.05, 9);
    expect(scale.clipped).toBe(true);
  });

  it("shows everything of calm days", () => {
    const scale = liftScale(days(0.12, 0.11, 0.1, 0.1));
    expect(scale.to).toBeGreaterThan(0.12);
    expect(scale.clipped).toBe(false);
  });

  it("has a range even when there is nothing in it", () => {
    expect(liftScale([]).to).toBeGreaterThan(0);
    expect(liftScale([[], []]).ticks).toContain(0);
  });
});

describe("labelledPositions", () => {
  it("labels the last position and no more than asked for", () => {
    expect(labelledPositions(18, 5)).toEqual([1, 5, 9, 13, 17]);
    expect(labelledPositions(1, 5)).toEqual([0]);
    expect(labelledPositions(0, 5)).toEqual([]);
    expect(labelledPositions(3, 0)).toEqual([2]);
  });
});
