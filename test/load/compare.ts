import type { Experiment } from "../../contract/experiment.ts";
import type { ExperimentSums } from "../../contract/live.ts";
import type { Metric } from "../../contract/metric.ts";
import type { SumName, SumsCell, SumsKind } from "../../contract/sums.ts";
import type { AdminClient } from "../../scripts/admin-client.ts";
import { KINDS, METRICS, type Reference, type ReferenceKey, referenceName } from "./reference.ts";

export interface Comparison {
  /** Cells that were compared. */
  readonly cells: number;
  /** In words, one for each cell that differs. */
  readonly differences: readonly string[];
}

const wordsOf = (n: number, sums: Iterable<readonly [string, bigint | string]>): string =>
  [`n ${n}`, ...[...sums].toSorted(([a], [b]) => a.localeCompare(b)).map(([name, sum]) => `${name} ${sum}`)].join(", ");

/** Reads the sums of an experiment, kind by kind. */
export const readSums = async (
  admin: AdminClient,
  experimentKey: string,
  kinds: readonly SumsKind[],
  environment: string,
): Promise<SumsCell[]> => {
  const answers = await Promise.all(
    kinds.map((kind) =>
      admin.get<ExperimentSums>(`/experiments/${experimentKey}/sums?environment=${environment}&kind=${kind}`),
    ),
  );
  return answers.flatMap(({ cells }) => cells);
};

/** Compares every cell of the load's experiments with what it has to be. */
export const compare = async (
  admin: AdminClient,
  experiments: readonly Experiment[],
  reference: Reference,
  environment: string,
): Promise<Comparison> => {
  const metricNames = new Map<string, ReferenceKey["metric"]>([["", ""]]);
  for (const name of METRICS) metricNames.set((await admin.get<Metric>(`/metrics/load_${name}`)).id, name);
  const variantKeys = new Map([["", ""]]);
  for (const { variants } of experiments) for (const { id, key } of variants) variantKeys.set(id, key);
  const indices = new Map(experiments.map(({ id }, index) => [id, String(index)]));

  const found = new Map<string, string>();
  for (const [experiment, { key }] of experiments.entries())
    for (const cell of await readSums(admin, key, KINDS, environment)) {
      const isJoint = cell.kind === "joint";
      const name = referenceName({
        experiment,
        variant: variantKeys.get(cell.variant_id) ?? cell.variant_id,
        metric: metricNames.get(cell.metric_id) ?? "",
        kind: cell.kind as ReferenceKey["kind"],
        name: isJoint ? (indices.get(cell.name) ?? cell.name) : cell.name,
        slice: isJoint ? (variantKeys.get(cell.slice ?? "") ?? "?") : (cell.slice ?? "beyond"),
      });
      found.set(name, wordsOf(cell.n, Object.entries(cell.sums) as [SumName, string][]));
    }

  const differences: string[] = [];
  for (const [name, { n, sums }] of reference.cells) {
    const expected = wordsOf(n, sums);
    const counted = found.get(name);
    found.delete(name);
    if (counted !== expected) differences.push(`${name}: counted ${counted ?? "nothing"}, but sent ${expected}`);
  }
  for (const [name, counted] of found) differences.push(`${name}: counted ${counted}, but sent nothing`);
  return { cells: reference.cells.size, differences };
};
