import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { Metric, MetricRole } from "../../contract/metric.ts";

/** The plan of an experiment's analysis in one environment. `metrics` are those that it names, in any order. */
export const analysisPlanOf = (
  experiment: Experiment,
  environment: string,
  metrics: readonly Metric[],
): AnalysisPlan => {
  const inRole = (keys: readonly string[], role: MetricRole): AnalysisPlan["metrics"] =>
    keys.flatMap((key) =>
      metrics
        .filter((metric) => metric.key === key)
        .map(({ id, name, type, direction }) => ({ id, key, name, role, type, direction })),
    );
  return {
    experiment_key: experiment.key,
    environment,
    status: experiment.status,
    significance_level: experiment.significance_level,
    min_detectable_effect: experiment.min_detectable_effect,
    estimated_duration_days: experiment.estimated_duration_days,
    started_at: experiment.started_at === null ? null : Date.parse(experiment.started_at),
    ended_at: experiment.ended_at === null ? null : Date.parse(experiment.ended_at),
    variants: experiment.variants.map(({ id, key, name, weight_bp, is_control }) => ({
      id,
      key,
      name,
      weight_bp,
      is_control,
    })),
    metrics: [
      ...inRole(experiment.primary_metric === null ? [] : [experiment.primary_metric], "primary"),
      ...inRole(experiment.secondary_metrics, "secondary"),
      ...inRole(experiment.guardrail_metrics, "guardrail"),
    ],
  };
};

/** The keys of the metrics that an experiment names. */
export const metricKeysOf = ({ primary_metric, secondary_metrics, guardrail_metrics }: Experiment): string[] => [
  ...(primary_metric === null ? [] : [primary_metric]),
  ...secondary_metrics,
  ...guardrail_metrics,
];
