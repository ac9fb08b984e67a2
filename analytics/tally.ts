import type { SumName, SumsCell, SumsKind } from "../contract/sums.ts";

/** Cells added up: units, and exact sums in millionths, of products in millionths squared. */
export interface Totals {
  readonly n: number;
  readonly sums: Readonly<Partial<Record<SumName, bigint>>>;
}

const NOTHING: Totals = { n: 0, sums: {} };

/** The variant under which units seen in two variants are counted. */
export const CROSSOVERS = "";
/** The metric under which exposed units are counted. */
export const EXPOSURES = "";

export const addUp = (cells: readonly SumsCell[]): Totals => {
  const sums: Partial<Record<SumName, bigint>> = {};
  let n = 0;
  for (const cell of cells) {
    n += cell.n;
    for (const name in cell.sums) {
      const [key, sum] = [name as SumName, BigInt(cell.sums[name as SumName] ?? 0)];
      const before = sums[key];
      sums[key] = before === undefined ? sum : before + sum;
    }
  }
  return { n, sums };
};

/** The sums of both. */
export const plus = (a: Totals, b: Totals): Totals => {
  const sums: Partial<Record<SumName, bigint>> = { ...a.sums };
  for (const [name, sum] of Object.entries(b.sums) as [SumName, bigint][]) sums[name] = (sums[name] ?? 0n) + sum;
  return { n: a.n + b.n, sums };
};

/** Cells of one kind added up over whatever else tells them apart: shards, phases, slices. */
export interface Tally {
  /** For a metric, `n` counts the units with an event; the others' totals are 0. */
  readonly of: (variantId: string, metricId: string) => Totals;
}

/** Each variant's and metric's cells, added up when they are asked for. */
export const tallyOf = (cells: Iterable<SumsCell>): Tally => {
  const byVariant = new Map<string, Map<string, SumsCell[]>>();
  for (const cell of cells) {
    let byMetric = byVariant.get(cell.variant_id);
    if (!byMetric) byVariant.set(cell.variant_id, (byMetric = new Map()));
    const own = byMetric.get(cell.metric_id);
    if (own) own.push(cell);
    else byMetric.set(cell.metric_id, [cell]);
  }
  const totals = new Map<readonly SumsCell[], Totals>();
  return {
    of: (variantId, metricId) => {
      const own = byVariant.get(variantId)?.get(metricId);
      if (!own) return NOTHING;
      let total = totals.get(own);
      if (!total) totals.set(own, (total = addUp(own)));
      return total;
    },
  };
};

/** All cells of one experiment, by kind. */
export interface Counts {
  /** Those by day of first exposure: every exposed unit is in one of them. */
  readonly tally: Tally;
  readonly cells: (kind: SumsKind) => readonly SumsCell[];
}

export const countsOf = (cells: readonly SumsCell[]): Counts => {
  const byKind = Map.groupBy(cells, ({ kind }) => kind);
  const ofKind = (kind: SumsKind): readonly SumsCell[] => byKind.get(kind) ?? [];
  return { tally: tallyOf(ofKind("day")), cells: ofKind };
};
