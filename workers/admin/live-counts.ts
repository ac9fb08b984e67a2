import type { Experiment } from "../../contract/experiment.ts";
import type { Live } from "../../contract/live.ts";
import type { Metric, MetricRole, MetricType } from "../../contract/metric.ts";
import type { SumName, SumsCell } from "../../contract/sums.ts";

const MILLIONTHS = 1e6;

/** Types whose sum is divided by something of its own. */
const DIVIDED: ReadonlySet<MetricType> = new Set(["mean", "ratio"]);

const total = (cells: readonly SumsCell[], name: SumName): number =>
  Number(cells.reduce((sum, { sums }) => sum + BigInt(sums[name] ?? "0"), 0n)) / MILLIONTHS;

const units = (cells: readonly SumsCell[]): number => cells.reduce((sum, { n }) => sum + n, 0);

/**
 * The counts of an experiment by variant, from its cells of kind `day` in the phases that count, in any number of pieces.
 * `metrics` are those that it names, in any order.
 */
export const liveCounts = (
  experiment: Pick<Experiment, "id" | "variants" | "primary_metric" | "secondary_metrics" | "guardrail_metrics">,
  metrics: readonly Metric[],
  phases: ReadonlySet<number>,
  cells: readonly SumsCell[],
): Pick<Live, "variants" | "crossovers" | "metrics"> => {
  const groups = Map.groupBy(
    cells.filter(
      ({ experiment_id, phase, kind }) => experiment_id === experiment.id && phases.has(phase) && kind === "day",
    ),
    ({ variant_id, metric_id }) => JSON.stringify([variant_id, metric_id]),
  );
  const of = (variantId: string, metricId: string): SumsCell[] =>
    groups.get(JSON.stringify([variantId, metricId])) ?? [];

  const inRole = (keys: readonly (string | null)[], role: MetricRole): Live["metrics"] =>
    keys.flatMap((key) =>
      metrics
        .filter((metric) => metric.key === key)
        .map(({ id, name, type }) => ({
          key: key ?? "",
          name,
          role,
          type,
          variants: experiment.variants.map((variant) => {
            const own = of(variant.id, id);
            return {
              key: variant.key,
              n: units(own),
              sum: total(own, "y"),
              denominator: DIVIDED.has(type) ? total(own, "d") : null,
            };
          }),
        })),
    );

  return {
    variants: experiment.variants.map(({ id, key, name, is_control }) => ({
      key,
      name,
      is_control,
      exposures: units(of(id, "")),
    })),
    crossovers: units(of("", "")),
    metrics: [
      ...inRole([experiment.primary_metric], "primary"),
      ...inRole(experiment.secondary_metrics, "secondary"),
      ...inRole(experiment.guardrail_metrics, "guardrail"),
    ],
  };
};
