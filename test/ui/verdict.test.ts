import { describe, expect, it } from "vitest";
import { VerdictCode } from "../../contract/results.ts";
import { emphasise, scorecardMode, VERDICT_TONE } from "../../ui/results/verdict.ts";

describe("the table of verdicts", () => {
  it.each([
    ["no_data", "neutral", "counts"],
    ["collecting", "neutral", "counts"],
    ["invalid_split", "bad", "withheld"],
    ["degraded", "warn", "full"],
    ["running", "info", "full"],
    ["ship", "good", "full"],
    ["ship_tradeoff", "warn", "full"],
    ["stop_harm", "bad", "full"],
    ["no_effect", "neutral", "full"],
    ["inconclusive", "neutral", "full"],
  ] as const)("shows %s in the tone %s with the scorecard %s", (code, tone, mode) => {
    expect(VERDICT_TONE[code]).toBe(tone);
    expect(scorecardMode(code)).toBe(mode);
  });

  it("has a row for every code of the contract", () => {
    expect(Object.keys(VERDICT_TONE).sort()).toEqual([...VerdictCode.options].sort());
  });
});

describe("emphasise", () => {
  it("sets changes and intervals in bold and loses no text", () => {
    const text = "Checkout rose by +7.2% (95% interval +1.8% to +12.7%), against −3 % before.";
    const parts = emphasise(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.filter((part) => part.strong).map((part) => part.text)).toEqual(["+7.2%", "+1.8% to +12.7%", "−3 %"]);
  });

  it("leaves plain text and plain shares alone", () => {
    expect(emphasise("23 of 200 users, 95% interval")).toEqual([
      { text: "23 of 200 users, 95% interval", strong: false },
    ]);
  });
});
