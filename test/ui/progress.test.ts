import { describe, expect, it } from "vitest";
import type { Progress } from "../../contract/results.ts";
import { progressWords } from "../../ui/results/progress.ts";
import { aResults } from "./a-results.ts";

const words = (change: Partial<Progress> = {}, over = false) => {
  const { progress, ...results } = aResults();
  return progressWords({ ...results, progress: progress && { ...progress, ...change } }, over);
};

describe("the progress line", () => {
  it("says what is collected, how long it takes, and what could be found now", () => {
    expect(words()).toEqual({
      share: 2000 / 2400,
      collected: "2,000 of about 2,400 users, day 18 of 21",
      left: "3–5 days left at last week’s traffic",
      detectable: "A change of ±4.1\u00A0% or more would be found now",
    });
  });

  it.each([
    [[4, 4], "4 days left at last week’s traffic"],
    [[1, 1], "1 day left at last week’s traffic"],
    [[0, 1], "0–1 day left at last week’s traffic"],
    [[0, 0], "enough users are in"],
  ] as const)("writes %j days as %s", ([from, to], left) => {
    expect(words({ days_to_needed: [from, to] })?.left).toBe(left);
  });

  it("goes by days where no sample size is known", () => {
    expect(words({ units_needed: null, detectable_lift: null, days_to_needed: null })).toEqual({
      share: 18 / 21,
      collected: "2,000 users, day 18 of 21",
      left: "3 days to the end",
      detectable: undefined,
    });
  });

  it("is never more than full, and promises no more days once it is over", () => {
    expect(words({ units: 9000 })?.share).toBe(1);
    expect(words({}, true)?.left).toBeUndefined();
  });

  it("is not there before the start", () => {
    expect(progressWords({ ...aResults(), progress: null }, false)).toBeUndefined();
  });
});
