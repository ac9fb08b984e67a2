import type { Experiment, ExperimentStatus } from "../../contract/experiment.ts";

type Listed = Pick<Experiment, "name" | "key" | "status">;

/** Experiments of a status (without one all but the archived) whose name or key holds the text, whatever its case. */
export function matchingExperiments<Item extends Listed>(
  experiments: readonly Item[],
  status: ExperimentStatus | undefined,
  text: string,
): Item[] {
  const wanted = text.trim().toLowerCase();
  return experiments.filter(
    (experiment) =>
      (status === undefined ? experiment.status !== "archived" : experiment.status === status) &&
      (experiment.name.toLowerCase().includes(wanted) || experiment.key.includes(wanted)),
  );
}

export function statusCounts(experiments: readonly Listed[]): Readonly<Record<ExperimentStatus, number>> {
  const counts = { draft: 0, running: 0, paused: 0, completed: 0, archived: 0 };
  for (const { status } of experiments) counts[status] += 1;
  return counts;
}
