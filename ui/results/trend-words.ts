import type { Results, Trend } from "../../contract/results.ts";
import { formatPValue } from "../format/number.ts";
import { differenceFormat } from "./metric-units.ts";

type Metric = Pick<Results["metrics"][number], "type" | "variants">;

const SAID: Readonly<Record<Trend["classification"], string>> = {
  stable: "The effect is the same for early and late days",
  novelty: "The effect wears off, as that of a novelty does",
  primacy: "The effect grows, as people have to learn it first",
  other: "Whether the effect changes with time cannot be told yet",
};

/** What is known of the effect's course, in one sentence: `The effect wears off …: +1.20 pp early, +0.31 pp late (p = 0.004).` */
export function trendSentence(trend: Trend, metric: Metric): string {
  const { classification, early_effect, late_effect, late_minus_early_p_value: p } = trend;
  if (early_effect === null || late_effect === null) return `${SAID[classification]}.`;
  const { number, suffix } = differenceFormat(metric, [early_effect, late_effect]);
  return `${SAID[classification]}: ${number(early_effect)}${suffix} early, ${number(late_effect)}${suffix} late${p === null ? "" : ` (${formatPValue(p)})`}.`;
}
