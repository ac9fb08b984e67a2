import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricResult, Results } from "../contract/results.ts";
import type { SumsCell } from "../contract/sums.ts";
import { compareVariants, isAnalysed, type Measured, readingOf } from "./compare-variants.ts";
import { dayText } from "./day.ts";
import { sampleRatioMismatch } from "./sample-ratio-mismatch.ts";
import { CROSSOVERS, EXPOSURES, makeTally, type Tally } from "./tally.ts";
import { verdictOf } from "./verdict.ts";

const controlOf = ({ variants }: AnalysisPlan) => variants.find((variant) => variant.is_control) ?? variants[0];

const measured = (
  tally: Tally,
  variant: { readonly id: string; readonly key: string },
  metricId: string,
): Measured => ({
  key: variant.key,
  units: tally.of(variant.id, EXPOSURES).n,
  events: tally.of(variant.id, metricId),
});

const resultOf = (plan: AnalysisPlan, tally: Tally, metric: AnalysisPlan["metrics"][number]): MetricResult => {
  const { id, key, name, role, type, direction } = metric;
  const about = { key, name, role, type, direction };
  const control = controlOf(plan);
  if (!isAnalysed(type) || !control) return { ...about, analysed: false, variants: [], comparisons: [] };
  const before = measured(tally, control, id);
  return {
    ...about,
    analysed: true,
    variants: plan.variants.map((variant) => readingOf(type, measured(tally, variant, id))),
    comparisons: plan.variants
      .filter((variant) => variant !== control)
      .map((variant) => compareVariants(type, before, measured(tally, variant, id), plan.significance_level)),
  };
};

const splitOf = (plan: AnalysisPlan, tally: Tally): Results["health"]["srm"] => {
  const test = sampleRatioMismatch(
    plan.variants.map(({ id, weight_bp }) => ({ units: tally.of(id, EXPOSURES).n, weight: weight_bp })),
  );
  const testable = test.degreesOfFreedom > 0;
  return {
    chi_squared: testable ? test.chiSquared : null,
    degrees_of_freedom: test.degreesOfFreedom,
    p_value: testable ? test.pValue : null,
    ok: !(test.flagged && test.enoughUnits) && test.unexpectedUnits === 0,
  };
};

/** The daily cells of the variants by day of first exposure, from the first day to the last, days without any included. */
const byDay = (plan: AnalysisPlan, cells: readonly SumsCell[]): [day: number, cells: readonly SumsCell[]][] => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const days = Map.groupBy(
    cells.filter(({ variant_id }) => ids.has(variant_id)),
    ({ slice }) => Number(slice),
  );
  if (days.size === 0) return [];
  const first = Math.min(...days.keys());
  const length = Math.max(...days.keys()) - first + 1;
  return Array.from({ length }, (_, index) => [first + index, days.get(first + index) ?? []]);
};

const dailyOf = (plan: AnalysisPlan, days: ReturnType<typeof byDay>): Results["daily"] => {
  const primary = plan.metrics.find(({ role }) => role === "primary");
  const tally = makeTally();
  return days.map(([day, ofDay]) => {
    for (const cell of ofDay) if (cell.metric_id === EXPOSURES || cell.metric_id === primary?.id) tally.add(cell);
    return {
      day: dayText(day),
      variants: plan.variants.map(({ id, key }) => ({ key, exposures: tally.of(id, EXPOSURES).n })),
      primary: primary
        ? resultOf(plan, tally, primary).comparisons.map(({ key, lift, lift_ci_low, lift_ci_high }) => ({
            key,
            lift,
            lift_ci_low,
            lift_ci_high,
          }))
        : [],
    };
  });
};

/**
 * What the running sums of one experiment in one environment say, as of a time.
 *
 * `cells` are that experiment's only; those by day are read, and add up over shards, phases and days in any order. Every variant is compared
 * with the control at the plan's significance level. The numbers are those of a test that is read once, at its planned
 * end, and the verdict holds to that.
 */
export const analyse = (
  plan: AnalysisPlan,
  allCells: readonly SumsCell[],
  asOf: { readonly ms: number; readonly iso: string },
): Results => {
  const cells = allCells.filter(({ kind }) => kind === "day");
  const tally = makeTally();
  for (const cell of cells) tally.add(cell);

  const variants = plan.variants.map(({ id, key, name, is_control, weight_bp }) => ({
    key,
    name,
    is_control,
    expected_share: weight_bp / 10_000,
    exposures: tally.of(id, EXPOSURES).n,
  }));
  const crossovers = tally.of(CROSSOVERS, EXPOSURES).n;
  const exposed = variants.reduce((sum, { exposures }) => sum + exposures, crossovers);
  const health = {
    srm: splitOf(plan, tally),
    crossovers: { units: crossovers, share: exposed === 0 ? 0 : crossovers / exposed },
  };
  const metrics = plan.metrics.map((metric) => resultOf(plan, tally, metric));
  const days = byDay(plan, cells);
  const primary = plan.metrics.find(({ role }) => role === "primary");
  const unitsWithEvent = plan.variants.map(({ id }) => (primary ? tally.of(id, primary.id).n : 0));

  return {
    experiment_key: plan.experiment_key,
    environment: plan.environment,
    as_of: asOf.iso,
    significance_level: plan.significance_level,
    health,
    verdict: verdictOf({
      plan,
      health,
      variants,
      metrics,
      unitsWithEvent,
      lastExposureDay: days.at(-1)?.[0] ?? null,
      asOfMs: asOf.ms,
    }),
    variants,
    metrics,
    daily: dailyOf(plan, days),
  };
};
