import type { MetricResult } from "../../contract/results.ts";
import { shareWords } from "../experiments/analysis-words.ts";

/** Which way is good, with an arrow that says the same. */
export const directionWords = (direction: MetricResult["direction"]): string =>
  direction === "increase" ? "↑ higher is better" : "↓ lower is better";

/** A guardrail's limit, with the sign of the direction that is bad: `+2 %`, `−2 %`. */
export const limitWords = (limit: number): string => `${limit < 0 ? "−" : "+"}${shareWords(Math.abs(limit))}`;
