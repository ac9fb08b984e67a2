import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Trend } from "../contract/results.ts";
import { daysOf, primaryTallies, summedPrimaryOf } from "./by-slice.ts";
import { contrastByPlan } from "./compare-variants.ts";
import { type Contrast, contrastOf } from "./contrast.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import { DAY_MS } from "./day.ts";
import { hasEnough } from "./enough-data.ts";
import { type Measured, measureTally, measureTotals } from "./measure.ts";
import { type Novelty, noveltyIn } from "./novelty.ts";
import { type Counts, exposedIn, type Tally } from "./tally.ts";
import { sumOf } from "./sum.ts";

/** With fewer days, what differs from weekday to weekday would pass for a trend. */
const FEWEST_DAYS = 7;

const shown = ({ difference, variance, reason }: Contrast): Omit<Trend["by_day"][number], "day"> => ({
  effect: reason === null ? difference : null,
  standard_error: reason === null ? Math.sqrt(variance) : null,
});

const classify = ({ trend, lateMinusEarly, classification }: Novelty, alpha: number): Trend["classification"] => {
  const isFlat = trend.pValue >= alpha && lateMinusEarly.pValue >= alpha;
  return classification !== "none" ? classification : isFlat ? "stable" : "other";
};

/**
 * How the primary metric's effect, its difference from the control, changes with time: by day of first exposure, where every day has units of its
 * own, and by days since exposure. Estimates are those of a test that is read once, with CUPED by day where the plan has it.
 * Days with too few units to trust their standard errors are shown and not part of the trend.
 */
export const trendOf = (plan: AnalysisPlan, counts: Counts, asOfMs: number): Trend[] => {
  const control = controlOf(plan);
  const primary = summedPrimaryOf(plan);
  if (!control || !primary) return [];
  const days = daysOf(plan, counts);
  const ages = plan.design === "parallel" ? primaryTallies(plan, counts, "age") : [];
  /**
   * By days since exposure, over the units that have begun that day of theirs, as the calendar goes: what their events of that day alone
   * come to. No other units can have any. Of the youngest units' events some are still to come, in every variant alike: until they have, the
   * effect can be nearer to none than it will be.
   */
  const measureAge = (age: number, tally: Tally, variant: PlanVariant): Measured => {
    const begun = days.filter(({ day }) => day <= Math.floor(asOfMs / DAY_MS) - age);
    const units = sumOf(begun, (each) => exposedIn(each.tally, [variant]));
    const metric = tally.of(variant.id, primary.id);
    // Clocks that run ahead can give a unit events on days that it has not come to.
    const n = metric.n > units ? 0 : units;
    return measureTotals("parallel", primary, variant.key, { n, sums: {} }, metric);
  };
  return treatmentsOf(plan).map((variant): Trend => {
    const effects = days.map(({ date, tally }) => {
      const before = measureTally(plan.design, primary, control, tally);
      const after = measureTally(plan.design, primary, variant, tally);
      const contrast = contrastByPlan(plan, before, after);
      const { difference, variance, reason } = contrast;
      const isUsed = difference !== null && reason === null && hasEnough(primary, before) && hasEnough(primary, after);
      return { day: date, ...shown(contrast), used: isUsed ? { mean: difference, variance } : null };
    });
    const used = effects.map((each) => each.used);
    const novelty = noveltyIn(used, plan.significance_level);
    const isLong = used.filter((day) => day !== null).length >= FEWEST_DAYS;
    return {
      key: variant.key,
      classification: novelty && isLong ? classify(novelty, plan.significance_level) : "other",
      slope_per_day: novelty?.trend.difference ?? null,
      slope_p_value: novelty?.trend.pValue ?? null,
      early_effect: novelty?.early.mean ?? null,
      late_effect: novelty?.late.mean ?? null,
      late_minus_early_p_value: novelty?.lateMinusEarly.pValue ?? null,
      by_day: effects.map(({ used: _used, ...effect }) => effect),
      by_age: ages.map(([age, tally]) => ({
        days: age,
        ...shown(contrastOf(measureAge(age, tally, control), measureAge(age, tally, variant))),
      })),
    };
  });
};
