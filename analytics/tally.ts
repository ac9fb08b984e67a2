import type { SumName, SumsCell, SumsKind } from "../contract/sums.ts";
import type { JointSums, Whole } from "./joint-moments.ts";
import { sumOf } from "./sum.ts";

/** Cells added up: units, and exact sums in millionths, of products in millionths squared. */
export type Totals = Pick<JointSums<Whole>, "n" | "sums">;

const NOTHING: Totals = { n: 0, sums: {} };

/** The variant under which units seen in two variants are counted. */
export const CROSSOVERS = "";
/** The metric under which exposed units are counted. */
export const EXPOSURES = "";

/** Adds cells up. One alone is left as it is, its sums unread. */
export const addUp = (cells: readonly Totals[]): Totals => {
  const [first] = cells;
  if (!first || cells.length === 1) return first ?? NOTHING;
  let n = 0;
  const sums: Partial<Record<SumName, Whole>> = {};
  for (const other of cells) {
    n += other.n;
    for (const name in other.sums) {
      const key = name as SumName;
      const [before, sum] = [sums[key], other.sums[key] ?? 0n];
      sums[key] = before === undefined ? sum : BigInt(before) + BigInt(sum);
    }
  }
  return { n, sums };
};

/** Cells of one kind added up over whatever else tells them apart: shards, phases, slices. */
export interface Tally {
  /** For a metric, `n` counts the units with an event; the others' totals are 0. */
  readonly of: (variantId: string, metricId: string) => Totals;
}

/** Each variant's and metric's cells; where there are several they are added up once they are asked for. */
export const tallyOf = (cells: Iterable<SumsCell>): Tally => {
  const byVariant = new Map<string, Map<string, Totals | Totals[]>>();
  for (const cell of cells) {
    let byMetric = byVariant.get(cell.variant_id);
    if (!byMetric) byVariant.set(cell.variant_id, (byMetric = new Map()));
    const own = byMetric.get(cell.metric_id);
    if (Array.isArray(own)) own.push(cell);
    else byMetric.set(cell.metric_id, own ? [own, cell] : cell);
  }
  return {
    of: (variantId, metricId) => {
      const byMetric = byVariant.get(variantId);
      let own = byMetric?.get(metricId) ?? NOTHING;
      if (Array.isArray(own)) byMetric!.set(metricId, (own = addUp(own)));
      return own;
    },
  };
};

/** Each group of cells added up. */
export const talliesBy = <Key>(cells: readonly SumsCell[], keyOf: (cell: SumsCell) => Key): Map<Key, Tally> =>
  new Map(Array.from(Map.groupBy(cells, keyOf), ([key, own]) => [key, tallyOf(own)]));

/** Exposed units of some variants together. */
export const exposedIn = (tally: Tally, variants: readonly { readonly id: string }[]): number =>
  sumOf(variants, ({ id }) => tally.of(id, EXPOSURES).n);

/** All cells of one experiment, by kind. */
export interface Counts {
  /** Those by day of first exposure: every exposed unit is in one of them. */
  readonly tally: Tally;
  readonly cells: (kind: SumsKind) => readonly SumsCell[];
  /** Those by the values of attributes, each dimension by its name. */
  readonly dimensions: readonly (readonly [name: string, values: ReadonlyMap<string | null, Tally>])[];
}

export const countsOf = (cells: readonly SumsCell[]): Counts => {
  const byKind = Map.groupBy(cells, ({ kind }) => kind);
  const ofKind = (kind: SumsKind): readonly SumsCell[] => byKind.get(kind) ?? [];
  return {
    tally: tallyOf(ofKind("day")),
    cells: ofKind,
    dimensions: Array.from(
      Map.groupBy(ofKind("dimension"), ({ name }) => name),
      ([name, own]) => [name, talliesBy(own, ({ slice }) => slice)] as const,
    ),
  };
};
