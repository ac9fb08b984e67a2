import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { SumsCell, SumsKind } from "../contract/sums.ts";
import { dayText } from "./day.ts";
import { isSummed, type PlanMetric } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { type Counts, EXPOSURES, talliesBy, type Tally, tallyOf } from "./tally.ts";

/** The primary metric, where any group of exposed units has it by its sums; see {@link isSummed}. */
export const summedPrimaryOf = (plan: AnalysisPlan): PlanMetric | undefined => {
  const primary = primaryOf(plan);
  return primary && isSummed(plan, primary) ? primary : undefined;
};

/** The cells of one kind that count exposed units of the plan's variants, and those of a metric of theirs. */
export const exposuresIn = (
  { variants }: AnalysisPlan,
  counts: Counts,
  kind: SumsKind,
  metricId?: string,
): SumsCell[] => {
  const ids = new Set(variants.map(({ id }) => id));
  return counts
    .cells(kind)
    .filter(
      ({ variant_id, metric_id, n }) =>
        (metric_id === EXPOSURES ? n > 0 : metric_id === metricId) && ids.has(variant_id),
    );
};

/** Each group of cells added up, in the order of a number that the groups have. */
export const talliesInOrder = (cells: readonly SumsCell[], numberOf: (cell: SumsCell) => number): [number, Tally][] =>
  [...talliesBy(cells, numberOf)].toSorted(([a], [b]) => a - b);

/** Exposed units, and the primary metric where sums give it, by day or by age. */
export const primaryTallies = (plan: AnalysisPlan, counts: Counts, kind: "day" | "age"): [number, Tally][] =>
  talliesInOrder(exposuresIn(plan, counts, kind, summedPrimaryOf(plan)?.id), ({ slice }) => Number(slice));

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
