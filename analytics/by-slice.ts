import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { SumsCell, SumsKind } from "../contract/sums.ts";
import { dayText } from "./day.ts";
import { isSummed, type PlanMetric } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { type Counts, EXPOSURES, type Tally, tallyOf } from "./tally.ts";

/** The primary metric, where any group of exposed units has it by its sums; see {@link isSummed}. */
export const summedPrimaryOf = (plan: AnalysisPlan): PlanMetric | undefined => {
  const primary = primaryOf(plan);
  return primary && isSummed(plan, primary) ? primary : undefined;
};

/** Each group of cells added up. */
export const talliesBy = <Key>(cells: readonly SumsCell[], keyOf: (cell: SumsCell) => Key): Map<Key, Tally> =>
  new Map(Array.from(Map.groupBy(cells, keyOf), ([key, own]) => [key, tallyOf(own)]));

/** Of the plan's variants: their exposed units, and that metric of theirs, by a number that the groups are in order of. */
export const primaryTallies = (
  plan: AnalysisPlan,
  counts: Counts,
  kind: SumsKind,
  numberOf: (cell: SumsCell) => number = ({ slice }) => Number(slice),
): [key: number, tally: Tally][] => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const primary = summedPrimaryOf(plan)?.id;
  const cells = counts
    .cells(kind)
    .filter(({ variant_id, metric_id }) => ids.has(variant_id) && (metric_id === EXPOSURES || metric_id === primary));
  return [...talliesBy(cells, numberOf)].toSorted(([a], [b]) => a - b);
};

/** A day of first exposure. */
export interface Day {
  /** In days since 1970. */
  readonly day: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly tally: Tally;
}

/** From the first day of any variant to the last, days without a unit included. */
export const daysOf = (plan: AnalysisPlan, counts: Counts): Day[] => {
  const tallies = new Map(primaryTallies(plan, counts, "day"));
  const days = [...tallies.keys()];
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? -1];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    return { day, date: dayText(day), tally: tallies.get(day) ?? tallyOf([]) };
  });
};
