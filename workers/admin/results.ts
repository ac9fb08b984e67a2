import { analyse } from "../../analytics/analyse.ts";
import type { Environment } from "../../contract/environment.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { Results } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { analysisPlanOf, metricKeysOf } from "./analysis-plan.ts";
import type { Env } from "./env.ts";
import { readSums } from "./unit-shards.ts";

/** The sums of experiments in one environment as they are now; a draft has none. */
export const readCells = async (
  env: Env,
  environment: Environment,
  experiments: readonly Experiment[],
): Promise<SumsCell[]> => {
  const started = experiments.filter(({ started_at }) => started_at !== null).map(({ id }) => id);
  return started.length === 0 ? [] : readSums(env, environment, started);
};

/** The results of an experiment, from its cells among those that were read. */
export const resultsOf = async (
  d1: D1Database,
  environment: Environment,
  experiment: Experiment,
  cells: readonly SumsCell[],
): Promise<Results> => {
  const plan = analysisPlanOf(experiment, environment.key, await findMetrics(d1, metricKeysOf(experiment)));
  const ms = Date.now();
  return analyse(
    plan,
    cells.filter(({ experiment_id }) => experiment_id === experiment.id),
    { ms, iso: new Date(ms).toISOString() },
  );
};
