import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricType } from "../contract/metric.ts";
import type { Health } from "../contract/results.ts";
import type { SumsCell } from "../contract/sums.ts";
import { linearise } from "./cuped-ratio.ts";
import { controlOf, treatmentsOf } from "./control.ts";
import { DAY_MS, dayText } from "./day.ts";
import type { DifferenceTest, Estimate } from "./difference.ts";
import { hasEnough } from "./enough-data.ts";
import { testIndependence } from "./independence.ts";
import { jointMomentsOf } from "./joint-moments.ts";
import { isSummed, measureTally } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { holm } from "./multiple-testing.ts";
import { type Planned, sampleRatioMismatch, SRM_ALPHA } from "./sample-ratio-mismatch.ts";
import { sequentialSampleRatio } from "./sequential-srm.ts";
import { controlDrift } from "./sutva.ts";
import { type Counts, CROSSOVERS, EXPOSURES, tallyOf, type Totals } from "./tally.ts";
import { waldTest } from "./wald-test.ts";
import { welchDegreesOfFreedom } from "./welch.ts";
import { sumOf } from "./sum.ts";

/** More units than this share in two variants means that something re-assigns them. */
const MOST_CROSSOVERS = 0.01;
const STALE_DAYS = 2;
/** What is only looked at for hints is called a finding below this. */
const HINT_ALPHA = 0.01;
const MOST_CULPRITS = 10;
const FEWEST_CULPRIT_UNITS = 100;
/** Two points are always on a line. */
const FEWEST_SHARES = 3;

/** Exposed units by variant id. */
type Units = ReadonlyMap<string, number>;

const unitsIn = (cells: readonly SumsCell[]): Units => {
  const units = new Map<string, number>();
  for (const { variant_id, n } of cells) units.set(variant_id, (units.get(variant_id) ?? 0) + n);
  return units;
};

const plannedOf = ({ variants }: AnalysisPlan, units: Units): Planned[] =>
  variants.map(({ id, weight_bp }) => ({ units: units.get(id) ?? 0, weight: weight_bp }));

const groupsOf = <Key>(cells: readonly SumsCell[], keyOf: (cell: SumsCell) => Key): Map<Key, Units> =>
  new Map([...Map.groupBy(cells, keyOf)].map(([key, own]) => [key, unitsIn(own)]));

const splitTest = (
  planned: readonly Planned[],
): Pick<Health["srm"], "chi_squared" | "degrees_of_freedom" | "p_value"> => {
  const { chiSquared, degreesOfFreedom, pValue } = sampleRatioMismatch(planned);
  const testable = degreesOfFreedom > 0;
  return {
    chi_squared: testable ? chiSquared : null,
    degrees_of_freedom: degreesOfFreedom,
    p_value: testable ? pValue : null,
  };
};

/**
 * The smallest p-value of the sequential test at the end of each day of first exposure, and of all analyses before. Null while there is nothing
 * to test.
 */
const sequentialPValue = (
  plan: AnalysisPlan,
  days: readonly (readonly [day: number, units: Units])[],
  previous: number | null,
): number | null => {
  const soFar = new Map<string, number>();
  let lnPValue = 0;
  for (const [, units] of days) {
    for (const [id, n] of units) soFar.set(id, (soFar.get(id) ?? 0) + n);
    ({ lnPValue } = sequentialSampleRatio([plannedOf(plan, soFar)], lnPValue));
  }
  const weighted = plan.variants.filter(({ weight_bp }) => weight_bp > 0);
  return weighted.length > 1 && weighted.some(({ id }) => soFar.has(id))
    ? Math.min(previous ?? 1, Math.exp(lnPValue))
    : previous;
};

const nameOf = ({ dimension, value }: { readonly dimension: string; readonly value: string | null }): string =>
  JSON.stringify([dimension, value]);

/** The values of dimensions whose split is off, the worst first. Too few units to tell are no culprits. */
const culpritsOf = (plan: AnalysisPlan, counts: Counts): Health["srm"]["culprits"] => {
  const cells = counts.cells("dimension").filter(({ metric_id }) => metric_id === EXPOSURES);
  const tested = [...Map.groupBy(cells, ({ name }) => name)].flatMap(([dimension, own]) =>
    [...groupsOf(own, ({ slice }) => slice)].flatMap(([value, units]) => {
      const planned = plannedOf(plan, units);
      const total = sumOf(planned, ({ units: n }) => n);
      const test = sampleRatioMismatch(planned);
      return total >= FEWEST_CULPRIT_UNITS && test.enoughUnits && test.degreesOfFreedom > 0
        ? [{ dimension, value, units: total, test }]
        : [];
    }),
  );
  const adjusted = holm(tested.map(({ test }) => test));
  return tested
    .map((each, index) => ({ ...each, adjusted: adjusted[index] ?? each.test }))
    .filter((each) => each.adjusted.pValue < HINT_ALPHA)
    .toSorted((a, b) => a.test.lnPValue - b.test.lnPValue || b.units - a.units || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, MOST_CULPRITS)
    .map(({ dimension, value, units, adjusted: { pValue } }) => ({ dimension, value, units, p_value: pValue }));
};

const RATIOS: ReadonlySet<MetricType> = new Set(["mean", "ratio"]);

/** What units did before they were exposed, as the metric has what they do after. Undefined where a ratio had nothing to divide by. */
const pastOf = (isRatio: boolean, { n, sums }: Totals): Estimate | undefined => {
  const { x = 0n, e = 0n, xx = 0n, xe = 0n, ee = 0n } = sums;
  const past = jointMomentsOf({ n, sums: isRatio ? { x, e, xx, xe, ee } : { x, xx } });
  if (!isRatio) return { mean: past.x, variance: past.xx / n };
  if (past.e === 0) return undefined;
  const before = linearise(past);
  return { mean: before.x, variance: before.xx / n };
};

/** The test of it: by Student's t of means, by the normal distribution of ratios. */
const pastTest = (type: MetricType, before: Totals, after: Totals, alpha: number): DifferenceTest | undefined => {
  const isRatio = RATIOS.has(type);
  const [control, treatment] = [pastOf(isRatio, before), pastOf(isRatio, after)];
  if (!control || !treatment || before.n < 2 || after.n < 2) return undefined;
  const degrees = welchDegreesOfFreedom({ ...control, n: before.n }, { ...treatment, n: after.n });
  const standardError = Math.sqrt(control.variance + treatment.variance);
  const test = waldTest(treatment.mean - control.mean, standardError, alpha, isRatio ? undefined : degrees);
  return test.kind === "estimated" ? test : undefined;
};

/** Only of metrics that had a past: of others it is 0 everywhere, and nothing varies. */
const prePeriodOf = (plan: AnalysisPlan, counts: Counts): Health["pre_period"] => {
  const control = controlOf(plan);
  if (!control || plan.design === "switchback") return [];
  const tested = plan.metrics.flatMap(({ id, key, type }) => {
    const totalsOf = (variant: string): Totals => ({
      n: counts.tally.of(variant, EXPOSURES).n,
      sums: counts.tally.of(variant, id).sums,
    });
    return treatmentsOf(plan).flatMap((variant) => {
      const test = pastTest(type, totalsOf(control.id), totalsOf(variant.id), plan.significance_level);
      return test ? [{ metric_key: key, variant_key: variant.key, test }] : [];
    });
  });
  const adjusted = holm(tested.map(({ test }) => test));
  return tested.map(({ test, ...keys }, index) => {
    const p_value = (adjusted[index] ?? test).pValue;
    return { ...keys, p_value, ok: p_value >= HINT_ALPHA };
  });
};

/**
 * Of days of first exposure on which another share of units was treated. Within phases that are analysed together weights do not change, so that
 * there is nothing to see unless the shares differ by more than chance.
 */
const interferenceOf = (
  plan: AnalysisPlan,
  counts: Counts,
  days: readonly (readonly [day: number, units: Units])[],
): Health["interference"] => {
  const control = controlOf(plan);
  const primary = primaryOf(plan);
  if (!control || !primary || !isSummed(plan, primary) || days.length < FEWEST_SHARES) return null;
  const treatments = treatmentsOf(plan);
  const shares = days.map(([day, units]) => {
    const treated = sumOf(treatments, ({ id }) => units.get(id) ?? 0);
    return { day, treated, untreated: units.get(control.id) ?? 0 };
  });
  const moved = testIndependence(shares.map(({ treated, untreated }) => [treated, untreated]));
  if (moved.kind === "undefined" || moved.pValue >= SRM_ALPHA) return null;
  const cells = counts
    .cells("day")
    .filter(
      ({ variant_id, metric_id }) => variant_id === control.id && (metric_id === EXPOSURES || metric_id === primary.id),
    );
  const byDay = Map.groupBy(cells, ({ slice }) => Number(slice));
  const periods = shares.flatMap(({ day, treated, untreated }) => {
    const measured = measureTally(plan.design, primary, control, tallyOf(byDay.get(day) ?? []));
    const { mean, variance, reason } = measured;
    return mean === null || reason !== null || !hasEnough(primary, measured)
      ? []
      : [{ treatmentShare: treated / (treated + untreated), control: { mean, variance } }];
  });
  const drift = controlDrift(periods, plan.significance_level);
  return drift.kind === "undefined" || periods.length < FEWEST_SHARES
    ? null
    : { slope: drift.difference, p_value: drift.pValue, ok: drift.pValue >= HINT_ALPHA };
};

/**
 * Whether the numbers can be believed at all. `previous` is the smallest p-value of the sequential split test so far.
 */
export const healthOf = (plan: AnalysisPlan, counts: Counts, previous: number | null, asOfMs: number): Health => {
  const ids = new Set(plan.variants.map(({ id }) => id));
  const exposures = counts
    .cells("day")
    .filter(({ variant_id, metric_id, n }) => metric_id === EXPOSURES && n > 0 && ids.has(variant_id));
  const days = [...groupsOf(exposures, ({ slice }) => Number(slice))].toSorted(([a], [b]) => a - b);
  const planned = plannedOf(plan, unitsIn(exposures));
  const sequential = sequentialPValue(plan, days, previous);
  const crossovers = counts.tally.of(CROSSOVERS, EXPOSURES).n;
  const exposed = planned.reduce((sum, { units }) => sum + units, crossovers);
  const share = exposed === 0 ? 0 : crossovers / exposed;
  const [first, last] = [days[0]?.[0], days.at(-1)?.[0]];
  return {
    srm: {
      ...splitTest(planned),
      sequential_p_value: sequential,
      ok:
        !(sequential !== null && sequential < SRM_ALPHA) &&
        !planned.some(({ units, weight }) => units > 0 && weight <= 0),
      phases:
        plan.phases.length > 1
          ? [...groupsOf(exposures, ({ phase }) => phase)]
              .toSorted(([a], [b]) => a - b)
              .map(([phase, units]) => ({ phase, ...splitTest(plannedOf(plan, units)) }))
          : [],
      culprits: culpritsOf(plan, counts),
    },
    crossovers: { units: crossovers, share, ok: share <= MOST_CROSSOVERS },
    data: {
      first_day: first === undefined ? null : dayText(first),
      last_day: last === undefined ? null : dayText(last),
      stale: plan.status === "running" && last !== undefined && asOfMs >= (last + 1 + STALE_DAYS) * DAY_MS,
    },
    pre_period: prePeriodOf(plan, counts),
    interference: interferenceOf(plan, counts, days),
  };
};
