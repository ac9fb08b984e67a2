import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Results } from "../contract/results.ts";
import { daysOf, summedPrimaryOf } from "./by-slice.ts";
import { quickEstimate } from "./compare-variants.ts";
import type { PlanVariant } from "./control.ts";
import { measureTotals } from "./measure.ts";
import { pick } from "./pick.ts";
import { addUp, type Counts, EXPOSURES } from "./tally.ts";

type Daily = Results["daily"][number];

/**
 * By day of first exposure, cumulative, from the first day of any variant to the last, days without a unit included: the exposed units, and
 * the primary metric's lift by the plan's method, looks and earlier intervals left aside.
 */
export const dailyOf = (
  plan: AnalysisPlan,
  control: PlanVariant | undefined,
  counts: Counts,
): { readonly lastDay: number | null; readonly daily: Daily[] } => {
  const primary = summedPrimaryOf(plan);
  const days = daysOf(plan, counts);
  let soFar = plan.variants.map(({ id, key }) => ({ id, key, exposed: addUp([]), metric: addUp([]) }));
  const daily = days.map(({ date, tally }): Daily => {
    soFar = soFar.map(({ id, key, exposed, metric }) => ({
      id,
      key,
      exposed: addUp([exposed, tally.of(id, EXPOSURES)]),
      metric: primary ? addUp([metric, tally.of(id, primary.id)]) : metric,
    }));
    const measured = primary
      ? soFar.map(({ key, exposed, metric }) => measureTotals(plan.design, primary, key, exposed, metric))
      : [];
    const before = measured.find(({ key }) => key === control?.key);
    return {
      day: date,
      variants: soFar.map(({ key, exposed }) => ({ key, exposures: exposed.n })),
      primary:
        primary && before
          ? measured
              .filter((after) => after !== before)
              .map((after) => ({
                key: after.key,
                ...pick(quickEstimate(plan, primary, before, after), "lift", "lift_ci_low", "lift_ci_high"),
              }))
          : [],
    };
  });
  return { lastDay: days.at(-1)?.day ?? null, daily };
};
