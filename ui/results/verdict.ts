import type { VerdictCode } from "../../contract/results.ts";
import type { Tone } from "../parts/tone.ts";

/** The server decides; this is only how each verdict looks. */
export const VERDICT_TONE: Readonly<Record<VerdictCode, Tone>> = {
  no_data: "neutral",
  collecting: "neutral",
  invalid_split: "bad",
  degraded: "warn",
  running: "info",
  ship: "good",
  ship_tradeoff: "warn",
  stop_harm: "bad",
  no_effect: "neutral",
  inconclusive: "neutral",
};

/**
 * How much of the scorecard a verdict lets be seen: everything; raw counts only while there is too little to compare;
 * nothing until asked for when the split is broken, and then without readings.
 */
export type ScorecardMode = "full" | "counts" | "withheld";

export function scorecardMode(code: VerdictCode): ScorecardMode {
  if (code === "no_data" || code === "collecting") return "counts";
  return code === "invalid_split" ? "withheld" : "full";
}

/** Text cut at its figures, `+7.2 %` or `+1.8 % to +12.7 %`, which are set in bold. */
export function emphasise(text: string): { readonly text: string; readonly strong: boolean }[] {
  const figure = /([+−-]\d[\d.,]*\s?%(?:\s(?:to|and)\s[+−-]?\d[\d.,]*\s?%)?)/g;
  return text
    .split(figure)
    .map((part, index) => ({ text: part, strong: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
