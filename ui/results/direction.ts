import type { MetricResult } from "../../contract/results.ts";

/** Which way is good, with an arrow that says the same. */
export const directionWords = (direction: MetricResult["direction"]): string =>
  direction === "increase" ? "↑ higher is better" : "↓ lower is better";
