import type { AnalysisPlan, Design } from "../../contract/analysis-plan.ts";
import type { Environment } from "../../contract/environment.ts";
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

/** The level that each factor has in a cell, by its index; null for any other variant. */
const levelsOf = (
  { levels }: Experiment["variants"][number],
  { factors }: Pick<Experiment, "factors">,
): readonly number[] | null =>
  factors && levels ? factors.map((factor) => factor.levels.findIndex(({ key }) => key === levels[factor.key])) : null;

/** The largest relative harm of a guardrail that is put up with where nothing else was said. */
const DEFAULT_LIMIT = 0.02;

const designOf = ({ type, switchback, member_type }: Experiment): Design => {
  if (type === "interleaving") return "interleaving";
  if (switchback) return "switchback";
  return member_type === null ? "parallel" : "cluster";
};

/** What has become of an experiment by now. Nobody is let in past its `ends_at`, so that it is over then, whenever somebody completes it. */
const endOf = (
  { status, started_at, ended_at, ends_at }: Experiment,
  nowMs: number,
): Pick<AnalysisPlan, "status" | "ended_at"> => {
  const byHand = ended_at === null ? null : Date.parse(ended_at);
  const end = ends_at === null ? Infinity : Date.parse(ends_at);
  if (started_at === null || end > nowMs || (byHand !== null && byHand <= end)) return { status, ended_at: byHand };
  return { status: status === "archived" ? status : "completed", ended_at: end };
};

/**
 * The plan of an experiment's analysis in one environment. `metrics` are those that it names, in any order. `phases` are all of
 * its phases, and `pooled` those that are analysed: when they are not the first ones, the planned length begins with them. `nowMs` tells
 * whether it has ended. `watched` are the experiments whose joint effects with this one are counted.
 */
export const analysisPlanOf = (
  experiment: Experiment,
  environment: Pick<Environment, "key" | "generation">,
  metrics: readonly Metric[],
  phases: readonly Phase[],
  pooled: readonly Phase[],
  nowMs: number,
  watched: readonly Experiment[] = [],
): AnalysisPlan => {
  const [first] = pooled;
  const startedAt = first === undefined || first === phases[0] ? experiment.started_at : first.started_at;
  const inRole = (keys: readonly string[], role: MetricRole): AnalysisPlan["metrics"] =>
    keys.flatMap((key) =>
      metrics
        .filter((metric) => metric.key === key)
        .map(({ id, name, type, direction, quantile, cap_percentile }) => ({
          id,
          key,
          name,
          role,
          type,
          direction,
          quantile: quantile ?? null,
          cap_percentile: cap_percentile ?? null,
          limit:
            role === "guardrail"
              ? (experiment.guardrail_limits[key] ?? experiment.min_detectable_effect ?? DEFAULT_LIMIT)
              : null,
        })),
    );
  return {
    ...experiment.analysis,
    experiment_id: experiment.id,
    experiment_key: experiment.key,
    environment: environment.key,
    generation: environment.generation,
    ...endOf(experiment, nowMs),
    design: designOf(experiment),
    significance_level: experiment.significance_level,
    power: experiment.power,
    min_detectable_effect: experiment.min_detectable_effect,
    estimated_duration_days: experiment.estimated_duration_days,
    started_at: startedAt === null ? null : Date.parse(startedAt),
    ends_at: experiment.ends_at === null ? null : Date.parse(experiment.ends_at),
    variants: comparedOf(experiment, phases).map((variant) => {
      const { id, key, name, weight_bp, is_control } = variant;
      const levels = levelsOf(variant, experiment);
      return { id, key, name, weight_bp, is_control, levels: levels && [...levels] };
    }),
    phases: pooled.map(({ number, started_at }) => ({ number, started_at: Date.parse(started_at) })),
    factors: experiment.factors,
    dimensions: experiment.dimensions.length,
    watched: watched.map(({ id, key, name, variants }) => ({
      id,
      key,
      name,
      variants: variants.map(({ id, key, is_control }) => ({ id, key, is_control })),
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
