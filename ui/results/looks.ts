import type { Results } from "../../contract/results.ts";
import { formatDifference, formatNumber, formatPercent } from "../format/number.ts";
import { formatDay } from "../format/time.ts";

export const LOOK_HEADS = ["Look", "Day", "Variant", "Information", "Bound", "Z", "α spent", "Says"] as const;

/** Every look that was taken at the primary metric, a row for each variant, in the order of {@link LOOK_HEADS}. */
export function lookRows({
  plan,
  sequence,
  metrics,
  variants,
}: Pick<Results, "plan" | "sequence" | "metrics" | "variants">) {
  const primary = metrics.find(({ role }) => role === "primary")?.key;
  return sequence.looks.flatMap(({ number, at, information_fraction, bound, alpha_spent, comparisons }) =>
    comparisons
      .filter(({ metric_key }) => metric_key === primary)
      .map(({ key, z, rejected }) => [
        `${number} of ${plan.looks}`,
        formatDay(at.slice(0, 10)),
        variants.find((variant) => variant.key === key)?.name ?? key,
        formatPercent(information_fraction, 0),
        bound === null ? "none" : `±${formatNumber(bound, 2)}`,
        z === null ? "–" : formatDifference(z, 2),
        alpha_spent < 0.0001 ? "<\u00A00.0001" : formatNumber(alpha_spent, 4),
        rejected ? "beyond the bound" : "go on",
      ]),
  );
}
