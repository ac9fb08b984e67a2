import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Trend } from "../contract/results.ts";
import { contrastByPlan } from "./compare-variants.ts";
import { type Contrast, contrastOf } from "./contrast.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import { DAY_MS, dayText } from "./day.ts";
import type { Estimate } from "./difference.ts";
import { hasEnough } from "./enough-data.ts";
import { isSummed, type Measured, measureTally, measureTotals, type PlanMetric } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { checkNovelty } from "./novelty.ts";
import { type Counts, EXPOSURES, type Tally, tallyOf } from "./tally.ts";

/** With fewer days, what differs from weekday to weekday would pass for a trend. */
const FEWEST_DAYS = 7;

type Effect = Pick<Trend["by_day"][number], "effect" | "standard_error">;

const effectOf = ({ difference, variance, reason }: Contrast): Effect =>
  difference === null || reason !== null
    ? { effect: null, standard_error: null }
    : { effect: difference, standard_error: Math.sqrt(variance) };

/** The metric's cells by slice, in order, of a kind whose slices are days. */
const talliesOf = (plan: AnalysisPlan, metric: PlanMetric, counts: Counts, kind: "day" | "age"): Map<number, Tally> => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const cells = counts
    .cells(kind)
    .filter(({ variant_id, metric_id }) => ids.has(variant_id) && (metric_id === EXPOSURES || metric_id === metric.id));
  return new Map(
    [...Map.groupBy(cells, ({ slice }) => Number(slice))]
      .toSorted(([a], [b]) => a - b)
      .map(([slice, own]) => [slice, tallyOf(own)]),
  );
};

type Curve = Omit<Trend, "key" | "by_day" | "by_age">;

const UNKNOWN: Curve = {
  classification: "other",
  slope_per_day: null,
  slope_p_value: null,
  early_effect: null,
  late_effect: null,
  late_minus_early_p_value: null,
};

/** What the effects of independent days, in order, say; null for days with too few units. */
const curveOf = (days: readonly (Estimate | null)[], alpha: number): Curve => {
  const check = checkNovelty(days, alpha);
  if (check.kind === "undefined") return UNKNOWN;
  const { trend, early, late, lateMinusEarly, classification } = check;
  if (trend.kind === "undefined" || lateMinusEarly.kind === "undefined" || !early) return UNKNOWN;
  const isFlat = trend.pValue >= alpha && lateMinusEarly.pValue >= alpha;
  const isLong = days.filter((day) => day !== null).length >= FEWEST_DAYS;
  return {
    classification: !isLong ? "other" : classification !== "none" ? classification : isFlat ? "stable" : "other",
    slope_per_day: trend.difference,
    slope_p_value: trend.pValue,
    early_effect: early.mean,
    late_effect: late.mean,
    late_minus_early_p_value: lateMinusEarly.pValue,
  };
};

/** By day of first exposure, from the first one to the last: what was measured of each variant's units of that day. */
const cohortsOf = (
  plan: AnalysisPlan,
  metric: PlanMetric,
  counts: Counts,
): { readonly day: number; readonly of: (variant: PlanVariant) => Measured }[] => {
  const tallies = talliesOf(plan, metric, counts, "day");
  const days = [...tallies.keys()];
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? -1];
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    const tally = tallies.get(day) ?? tallyOf([]);
    const measured = new Map<PlanVariant, Measured>();
    const of = (variant: PlanVariant): Measured => {
      const known = measured.get(variant) ?? measureTally(plan.design, metric, variant, tally);
      measured.set(variant, known);
      return known;
    };
    return { day, of };
  });
};

/**
 * By days since exposure, each over the units that have begun that day of theirs, as the calendar goes: what their events of that day alone
 * come to. No other units can have any. Of the youngest units' events some are still to come, in every variant alike: until they have, the
 * effect can be nearer to none than it will be.
 */
const agesOf = (
  plan: AnalysisPlan,
  metric: PlanMetric,
  counts: Counts,
  asOfMs: number,
): { readonly days: number; readonly of: (variant: PlanVariant) => Measured }[] => {
  const today = Math.floor(asOfMs / DAY_MS);
  const exposed = [...talliesOf(plan, metric, counts, "day")];
  return [...talliesOf(plan, metric, counts, "age")].map(([days, tally]) => ({
    days,
    of: ({ id, key }) => {
      const units = exposed
        .filter(([day]) => day <= today - days)
        .reduce((sum, [, own]) => sum + own.of(id, EXPOSURES).n, 0);
      const its = tally.of(id, metric.id);
      // Clocks that run ahead can give a unit events on days that it has not come to.
      const n = its.n > units ? 0 : units;
      return measureTotals("parallel", metric, key, { exposed: { n, sums: {} }, metric: its });
    },
  }));
};

/**
 * How the primary metric's effect, its difference from the control, changes with time: by day of first exposure, where every day has units of its
 * own, and by days since exposure. Estimates are those of a test that is read once, with CUPED by day where the plan has it.
 * Days with too few units to trust their standard errors are shown and not part of the trend.
 */
export const trendOf = (plan: AnalysisPlan, counts: Counts, asOfMs: number): Trend[] => {
  const control = controlOf(plan);
  const primary = primaryOf(plan);
  if (!control || !primary || !isSummed(plan, primary)) return [];
  const cohorts = cohortsOf(plan, primary, counts);
  const ages = plan.design === "parallel" ? agesOf(plan, primary, counts, asOfMs) : [];
  return treatmentsOf(plan).map((variant): Trend => {
    const days = cohorts.map(({ day, of }) => {
      const [before, after] = [of(control), of(variant)];
      const contrast = contrastByPlan(plan, before, after);
      const { difference, variance, reason } = contrast;
      const usable = difference !== null && reason === null && hasEnough(primary, before) && hasEnough(primary, after);
      return {
        shown: { day: dayText(day), ...effectOf(contrast) },
        used: usable ? { mean: difference, variance } : null,
      };
    });
    return {
      key: variant.key,
      ...curveOf(
        days.map(({ used }) => used),
        plan.significance_level,
      ),
      by_day: days.map(({ shown }) => shown),
      by_age: ages.map((age) => ({ days: age.days, ...effectOf(contrastOf(age.of(control), age.of(variant))) })),
    };
  });
};
