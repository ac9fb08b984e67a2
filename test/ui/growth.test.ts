import { describe, expect, it } from "vitest";
import { growthBySteps, growthOver, type Reading, withReading } from "../../ui/live/growth.ts";

const T = 1_000_000_000_000;
const readings = (...pairs: readonly [seconds: number, count: number][]): Reading[] =>
  pairs.reduce<Reading[]>((before, [seconds, count]) => withReading(before, { at: T + seconds * 1000, count }), []);

describe("the growth of a count", () => {
  it("is over the last minute, as far as it was watched", () => {
    expect(growthOver([], 60_000)).toBe(0);
    expect(growthOver(readings([0, 100]), 60_000)).toBe(0);
    expect(growthOver(readings([0, 100], [30, 110]), 60_000)).toBe(10);
    expect(growthOver(readings([0, 100], [30, 110], [59, 117], [95, 130]), 60_000)).toBe(20);
  });

  it("begins anew when the count falls, which is then another environment's", () => {
    expect(readings([0, 500], [2, 3])).toEqual([{ at: T + 2_000, count: 3 }]);
  });

  it("takes a reading that comes twice as one", () => {
    expect(readings([0, 5], [2, 7], [2, 8])).toEqual(readings([0, 5], [2, 8]));
  });

  it("has a bar for each step, that stays as high as it is once its time is over", () => {
    const before = readings([0, 10], [4, 12], [9, 15], [11, 20], [25, 21]);
    expect(growthBySteps(before, 4, 10_000)).toEqual([0, 5, 5, 1]);
    expect(growthBySteps(withReading(before, { at: T + 31_000, count: 30 }), 4, 10_000)).toEqual([5, 5, 1, 9]);
    expect(growthBySteps([], 2, 10_000)).toEqual([0, 0]);
  });

  it("forgets readings that no bar shows any more", () => {
    let all: Reading[] = [];
    for (let second = 0; second < 2_000; second += 2) all = withReading(all, { at: T + second * 1000, count: second });
    expect(all.length).toBeLessThan(200);
    expect(growthBySteps(all, 30, 10_000).slice(0, -1)).toEqual(Array.from({ length: 29 }, () => 10));
  });
});
