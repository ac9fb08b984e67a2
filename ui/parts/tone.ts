/** Good and bad are for the business, never up and down. */
export type Tone = "neutral" | "good" | "bad" | "warn" | "info";

/** Text on a soft ground, for pills. */
export const PILL_TONE: Readonly<Record<Tone, string>> = {
  neutral: "bg-panel-2 text-fg-2",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  info: "bg-info-soft text-info",
};

/** The thick left edge of a card. */
export const EDGE_TONE: Readonly<Record<Tone, string>> = {
  neutral: "border-l-line-strong",
  good: "border-l-good",
  bad: "border-l-bad",
  warn: "border-l-warn",
  info: "border-l-info",
};

export const TEXT_TONE: Readonly<Record<Tone, string>> = {
  neutral: "text-fg-2",
  good: "text-good",
  bad: "text-bad",
  warn: "text-warn",
  info: "text-info",
};
