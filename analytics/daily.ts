import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Results } from "../contract/results.ts";
import type { SumsCell } from "../contract/sums.ts";
import { quickEstimate } from "./compare-variants.ts";
import { dayText } from "./day.ts";
import { isSummed, measureTotals, type UnitTotals } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { addUp, type Counts, EXPOSURES, tallyOf } from "./tally.ts";

type Daily = Results["daily"][number];
type PlanVariant = AnalysisPlan["variants"][number];

/**
 * By day of first exposure, cumulative, from the first day of any variant to the last, days without a unit included: the exposed units, and
 * the primary metric's lift by the plan's method, looks and earlier intervals left aside.
 */
export const dailyOf = (
  plan: AnalysisPlan,
  control: PlanVariant | undefined,
  counts: Counts,
): { readonly lastDay: number | null; readonly daily: Daily[] } => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const primary = primaryOf(plan);
  const days = new Map<number, SumsCell[]>();
  let [first, last] = [Infinity, -Infinity];
  for (const cell of counts.cells("day")) {
    if (!ids.has(cell.variant_id)) continue;
    const day = Number(cell.slice);
    [first, last] = [Math.min(first, day), Math.max(last, day)];
    if (cell.metric_id !== EXPOSURES && cell.metric_id !== primary?.id) continue;
    const own = days.get(day);
    if (own) own.push(cell);
    else days.set(day, [cell]);
  }
  const soFar = new Map<string, UnitTotals>();
  const empty: UnitTotals = { exposed: addUp([]), metric: addUp([]) };
  const unitsOf = (id: string): UnitTotals => soFar.get(id) ?? empty;
  const daily: Daily[] = [];
  for (let day = first; day <= last; day++) {
    const tally = tallyOf(days.get(day) ?? []);
    for (const { id } of plan.variants) {
      const { exposed, metric } = unitsOf(id);
      soFar.set(id, {
        exposed: addUp([exposed, tally.of(id, EXPOSURES)]),
        metric: primary ? addUp([metric, tally.of(id, primary.id)]) : metric,
      });
    }
    const measured = ({ id, key }: PlanVariant) =>
      measureTotals(plan.design, primary ?? { type: "conversion" }, key, unitsOf(id));
    daily.push({
      day: dayText(day),
      variants: plan.variants.map(({ id, key }) => ({ key, exposures: unitsOf(id).exposed.n })),
      primary:
        primary && control && isSummed(plan, primary)
          ? plan.variants
              .filter((variant) => variant !== control)
              .map((variant) => {
                const { lift, lift_ci_low, lift_ci_high } = quickEstimate(
                  plan,
                  primary,
                  measured(control),
                  measured(variant),
                );
                return { key: variant.key, lift, lift_ci_low, lift_ci_high };
              })
          : [],
    });
  }
  return { lastDay: last === -Infinity ? null : last, daily };
};
