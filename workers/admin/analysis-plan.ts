import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Experiment, Phase } from "../../contract/experiment.ts";
import type { Metric, MetricRole } from "../../contract/metric.ts";

/**
 * The variants that are compared. One that is given no units any more, and was given some before, is none of them: who is still
 * exposed to it was decided before the phase began, and would look like a broken split. The control always is one.
 */
const comparedOf = ({ variants }: Experiment, phases: readonly Phase[]): Experiment["variants"] =>
  variants.filter(
    ({ key, weight_bp, is_control }) =>
      is_control || weight_bp > 0 || !phases.some(({ weights_bp }) => (weights_bp[key] ?? 0) > 0),
  );

/**
 * The plan of an experiment's analysis in one environment. `metrics` are those that it names, in any order. `phases` are all of
 * its phases, and `pooled` those that are analysed: when they are not the first ones, the planned length begins with them.
 */
export const analysisPlanOf = (
  experiment: Experiment,
  environment: string,
  metrics: readonly Metric[],
  phases: readonly Phase[],
  pooled: readonly Phase[],
): AnalysisPlan => {
  const [first] = pooled;
  const startedAt = first === undefined || first === phases[0] ? experiment.started_at : first.started_at;
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
    started_at: startedAt === null ? null : Date.parse(startedAt),
    ended_at: experiment.ended_at === null ? null : Date.parse(experiment.ended_at),
    variants: comparedOf(experiment, phases).map(({ id, key, name, weight_bp, is_control }) => ({
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
