import { analyse } from "../../analytics/analyse.ts";
import { CROSSOVERS, EXPOSURES } from "../../analytics/tally.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Environment } from "../../contract/environment.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { Metric } from "../../contract/metric.ts";
import type { Results } from "../../contract/results.ts";
import type { SumsCell, SumsKind } from "../../contract/sums.ts";
import { withPercentileCaps } from "../../counting/capped-cells.ts";
import { listExperimentsByKey } from "../../d1/experiments.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { listPhases } from "../../d1/phases.ts";
import { findLatestSequence } from "../../d1/result-snapshots.ts";
import { analysisPlanOf, metricKeysOf } from "./analysis-plan.ts";
import type { Env } from "./env.ts";
import { mergeCells } from "./merge-cells.ts";
import { pooledPhases } from "./pooled-phases.ts";
import { readSums, readSumsByShard } from "./unit-shards.ts";

/** The sums by day of experiments in one environment as they are now; a draft has none. */
export const readCells = async (
  env: Env,
  environment: Environment,
  experiments: readonly Experiment[],
): Promise<SumsCell[]> => {
  const started = experiments.filter(({ started_at }) => started_at !== null).map(({ id }) => id);
  return started.length === 0 ? [] : readSums(env, environment, { experiment_ids: started, kinds: ["day"] });
};

/** What an analysis needs beside the sums by day. */
const kindsFor = (plan: AnalysisPlan, metrics: readonly Metric[]): SumsKind[] => [
  ...(metrics.some(({ type, cap_percentile }) => type === "quantile" || cap_percentile !== undefined)
    ? (["bucket"] as const)
    : []),
  ...(plan.watched.length > 0 ? (["joint"] as const) : []),
  ...(plan.design === "switchback" ? (["block"] as const) : []),
  ...(plan.design === "interleaving" ? (["credit"] as const) : []),
];

/** What a person asks for who looks at the results, and what nobody needs to keep. */
export interface Closer {
  /** The results by days since exposure. */
  readonly ages: boolean;
  /** The results by the values of a dimension. */
  readonly dimension?: string | undefined;
}

const readMore = async (
  env: Env,
  environment: Environment,
  { id, started_at }: Experiment,
  kinds: readonly SumsKind[],
  dimension: string | undefined,
): Promise<SumsCell[]> => {
  if (started_at === null) return [];
  const [more, byShard] = await Promise.all([
    kinds.length === 0 ? [] : readSums(env, environment, { experiment_ids: [id], kinds }),
    dimension === undefined
      ? []
      : readSumsByShard(env, environment, { experiment_ids: [id], kinds: ["dimension"], names: [dimension] }),
  ]);
  return [...more, ...mergeCells(byShard)];
};

/**
 * The results of an experiment, from its cells by day among those that were read, and what else its analysis needs. Only units that were
 * first exposed in the phases since weights, salt or targeting last changed are analysed, see {@link pooledPhases}; earlier ones stay in
 * the sums. Of watched experiments the exposed units are read too, in all their phases. What has to be remembered from look to look is that of the newest snapshot.
 * Planned looks are taken by what is kept, and not for who looks `closer`: whoever asks often could choose. After the end there is nothing to
 * choose between any more.
 */
export const resultsOf = async (
  env: Env,
  environment: Environment,
  experiment: Experiment,
  cells: readonly SumsCell[],
  closer?: Closer,
): Promise<Results> => {
  const [metrics, phases, watched, previous] = await Promise.all([
    findMetrics(env.DB, metricKeysOf(experiment)),
    listPhases(env.DB, experiment),
    experiment.watch.length === 0 ? [] : listExperimentsByKey(env.DB, experiment.watch),
    findLatestSequence(env.DB, experiment.id, environment.key),
  ]);
  const pooled = pooledPhases(phases);
  const ms = Date.now();
  const plan = analysisPlanOf(experiment, environment, metrics, phases, pooled, ms, watched);
  const kinds = [...kindsFor(plan, metrics), ...(closer?.ages ? (["age"] as const) : [])];
  const more = await readMore(env, environment, experiment, kinds, closer?.dimension);

  const numbers = new Set(pooled.map(({ number }) => number));
  const own = [...cells, ...more].filter(
    ({ experiment_id, phase }) => experiment_id === experiment.id && numbers.has(phase),
  );
  const beside = (await readCells(env, environment, watched)).filter(
    ({ metric_id, variant_id }) => metric_id === EXPOSURES && variant_id !== CROSSOVERS,
  );
  const percentiles = new Map(
    metrics.flatMap(({ id, cap_percentile }) => (cap_percentile === undefined ? [] : [[id, cap_percentile] as const])),
  );
  const read = [...withPercentileCaps(own, percentiles), ...beside];
  return analyse(plan, read, { ms, iso: new Date(ms).toISOString() }, previous, {
    takesLooks: !closer || plan.ended_at !== null,
  });
};
