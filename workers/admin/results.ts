import { analyse } from "../../analytics/analyse.ts";
import type { Environment } from "../../contract/environment.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { Results } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { withPercentileCaps } from "../../counting/capped-cells.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { listPhases } from "../../d1/phases.ts";
import { analysisPlanOf, metricKeysOf } from "./analysis-plan.ts";
import type { Env } from "./env.ts";
import { pooledPhases } from "./pooled-phases.ts";
import { readSums } from "./unit-shards.ts";

/** The sums of experiments in one environment as they are now; a draft has none. */
export const readCells = async (
  env: Env,
  environment: Environment,
  experiments: readonly Experiment[],
): Promise<SumsCell[]> => {
  const started = experiments.filter(({ started_at }) => started_at !== null).map(({ id }) => id);
  return started.length === 0 ? [] : readSums(env, environment, { experiment_ids: started, kinds: ["day"] });
};

/**
 * The results of an experiment, from its cells among those that were read. Only units that were first exposed in the phases
 * since weights, salt or targeting last changed are analysed, see {@link pooledPhases}; earlier ones stay in the sums.
 */
export const resultsOf = async (
  env: Env,
  environment: Environment,
  experiment: Experiment,
  cells: readonly SumsCell[],
): Promise<Results> => {
  const [metrics, phases] = await Promise.all([
    findMetrics(env.DB, metricKeysOf(experiment)),
    listPhases(env.DB, experiment),
  ]);
  const pooled = pooledPhases(phases);
  const numbers = new Set(pooled.map(({ number }) => number));
  const percentiles = new Map(
    metrics.flatMap(({ id, cap_percentile }) => (cap_percentile === undefined ? [] : [[id, cap_percentile] as const])),
  );
  const buckets =
    percentiles.size === 0 || experiment.started_at === null
      ? []
      : await readSums(env, environment, { experiment_ids: [experiment.id], kinds: ["bucket"] });
  const own = [...cells, ...buckets].filter(
    ({ experiment_id, phase }) => experiment_id === experiment.id && numbers.has(phase),
  );
  const ms = Date.now();
  return analyse(
    analysisPlanOf(experiment, environment.key, metrics, phases, pooled),
    withPercentileCaps(own, percentiles),
    { ms, iso: new Date(ms).toISOString() },
    null,
  );
};
