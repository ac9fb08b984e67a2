import { describe, expect, it } from "vitest";
import { Reading as ReadingCode } from "../../contract/results.ts";
import { readingOf, timingOf } from "../../ui/results/reading.ts";

const DUE = { timing: "due", over: false } as const;

const read = (reading: ReadingCode) => ({ reading, undefined_reason: null });

describe("a reading", () => {
  it.each([
    ["better", "Better", "good"],
    ["worse", "Worse", "bad"],
    ["unclear", "Not clear yet", "neutral"],
    ["within_limit", "Within limit", "good"],
    ["some_harm", "Some harm", "warn"],
    ["crossed_limit", "Crossed limit", "bad"],
    ["not_ruled_out", "Not ruled out yet", "neutral"],
  ] as const)("that the server calls %s is said as %s", (reading, word, tone) => {
    expect(readingOf(read(reading), DUE)).toMatchObject({ word, tone });
  });

  it("has a sign in every case, so that colour is never alone", () => {
    for (const reading of ReadingCode.options) expect(readingOf(read(reading), DUE).sign).not.toBe("");
  });

  it.each(["fixed_horizon"] as const)(
    "of a %s plan is never good or bad before the planned end, however clear it looks",
    (method) => {
      const timing = timingOf("running", { method });
      for (const reading of ["better", "worse", "within_limit", "crossed_limit"] as const)
        expect(readingOf(read(reading), { timing, over: false })).toEqual({
          word: "Not clear yet",
          sign: "≈",
          tone: "neutral",
          why: "Read at the planned end",
        });
    },
  );

  it.each(["anytime", "group_sequential", "bayesian"] as const)("of a %s plan holds while it runs", (method) => {
    const timing = timingOf("running", { method });
    expect(readingOf(read("better"), { timing, over: false }).word).toBe("Better");
  });

  it("is not good while something has to be checked first, and harm is said all the same", () => {
    const at = { timing: timingOf("degraded", { method: "anytime" }), over: true };
    expect(readingOf(read("better"), at)).toMatchObject({ word: "Not clear", tone: "neutral" });
    expect(readingOf(read("crossed_limit"), at)).toMatchObject({ word: "Crossed limit", tone: "bad" });
  });

  it("promises nothing once the test has ended", () => {
    expect(readingOf(read("unclear"), { timing: "due", over: true }).word).toBe("Not clear");
    expect(readingOf(read("not_ruled_out"), { timing: "due", over: true }).word).toBe("Not ruled out");
  });

  it("says why when there is no interval at all, and is never good or bad", () => {
    expect(readingOf({ reading: "undefined", undefined_reason: "too_few_observations" }, DUE)).toEqual({
      word: "Too few users yet",
      sign: "…",
      tone: "neutral",
    });
  });
});
