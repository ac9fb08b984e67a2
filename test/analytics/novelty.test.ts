import { describe, expect, it } from "vitest";
import type { Estimate } from "../../analytics/difference.ts";
import { normalQuantile } from "../../analytics/distributions/normal.ts";
import { checkNovelty, type NoveltyCheck } from "../../analytics/novelty.ts";
import { seededRandom } from "../random.ts";

const DAYS = 14;

const checked = (days: readonly (Estimate | null)[]): NoveltyCheck => {
  const result = checkNovelty(days, 0.05);
  if (result.kind === "undefined") throw new Error(result.reason);
  return result;
};

const days = (effectOf: (day: number) => number, variance = 1e-4): Estimate[] =>
  Array.from({ length: DAYS }, (_, i) => ({ mean: effectOf(i + 1), variance }));

describe("the check for novelty and primacy", () => {
  it.each([
    ["an effect that fades", (day: number) => 0.5 - 0.02 * day, "novelty"],
    ["harm that fades", (day: number) => -0.5 + 0.02 * day, "novelty"],
    ["an effect that grows", (day: number) => 0.1 + 0.02 * day, "primacy"],
    ["harm that grows", (day: number) => -0.1 - 0.02 * day, "primacy"],
    ["an effect that stays", () => 0.3, "none"],
  ])("tells %s", (_, effectOf, expected) => {
    expect(checked(days(effectOf)).classification).toBe(expected);
  });

  it("fits an exact line through the days that have an effect, by their own numbers", () => {
    const line = days((day) => 2 + 3 * day).map((effect, i) => (i % 3 === 1 ? null : effect));
    const { trend } = checked(line);
    if (trend.kind === "undefined") throw new Error(trend.reason);
    expect(trend.difference).toBeCloseTo(3, 10);
    expect(trend.intercept).toBeCloseTo(2, 9);
  });

  it("takes a day without an error for a day without an effect", () => {
    const some = days((day) => day / 10);
    const broken = some.map((effect, i) => (i === 4 ? { mean: 99, variance: 0 } : effect));
    expect(checked(broken)).toEqual(checked(some.map((effect, i) => (i === 4 ? null : effect))));
  });

  it("has no trend on a single day, and nothing without any", () => {
    const { trend, early, lateMinusEarly, classification } = checked([null, { mean: 1, variance: 1 }]);
    expect(trend).toEqual({ kind: "undefined", reason: "too_few_observations" });
    expect(lateMinusEarly).toEqual({ kind: "undefined", reason: "too_few_observations" });
    expect(early).toBeUndefined();
    expect(classification).toBe("none");
    expect(checkNovelty([null, null], 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(checkNovelty([], 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
  });

  it("finds a trend in one steady effect of twenty", () => {
    const random = seededRandom(41);
    const rounds = 4000;
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const noisy = Array.from({ length: DAYS }, (_, i) => {
        const variance = 0.01 * (1 + (i % 4));
        return { mean: 1 + normalQuantile(random()) * Math.sqrt(variance), variance };
      });
      if (checked(noisy).classification !== "none") found++;
    }
    const error = Math.sqrt((0.05 * 0.95) / rounds);
    expect(Math.abs(found / rounds - 0.05)).toBeLessThan(4 * error);
  });
});
