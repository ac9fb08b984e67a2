import type { Environment } from "../../contract/environment.ts";
import { LATE_AFTER_MS } from "../../contract/event.ts";
import type { Experiment } from "../../contract/experiment.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { allEnvironments } from "../../d1/environments.ts";
import { listCountedExperiments } from "../../d1/experiments.ts";
import { insertResultSnapshot } from "../../d1/result-snapshots.ts";
import type { Env } from "./env.ts";
import { readCells, resultsOf } from "./results.ts";

const HOUR_MS = 3_600_000;

/** A completed experiment's sums still change while its last events may come in. */
const isCounting = ({ ended_at }: Experiment, nowMs: number): boolean =>
  ended_at === null || nowMs - Date.parse(ended_at) <= LATE_AFTER_MS;

const keep = async (
  env: Env,
  environment: Environment,
  experiment: Experiment,
  cells: readonly SumsCell[],
  hour: string,
): Promise<void> => {
  const results = await resultsOf(env, environment, experiment, cells);
  await insertResultSnapshot(env.DB, experiment.id, { hour, results });
};

/**
 * Keeps the results of every experiment that is being counted, once for the hour that `nowMs` is in. An environment whose
 * shards cannot be read does not keep the others from theirs, nor does one experiment; it throws in the end.
 */
export const takeSnapshots = async (env: Env, nowMs: number): Promise<void> => {
  const hour = new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS).toISOString();
  const counted = (await listCountedExperiments(env.DB)).filter((experiment) => isCounting(experiment, nowMs));
  const failures: unknown[] = [];
  const note = (reason: unknown): void => {
    failures.push(reason);
  };
  const keepAll = async (environment: Environment): Promise<void> => {
    const experiments = counted.filter(({ environments }) => environments.includes(environment.key));
    const cells = await readCells(env, environment, experiments);
    for (const experiment of experiments) await keep(env, environment, experiment, cells, hour).catch(note);
  };
  await Promise.all((await allEnvironments(env.DB)).map((environment) => keepAll(environment).catch(note)));
  if (failures.length > 0) throw new AggregateError(failures, "The results of some experiments were not kept.");
};
