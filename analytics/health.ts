import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Health } from "../contract/results.ts";
import { type Day, daysOf, exposuresIn, summedPrimaryOf, talliesInOrder } from "./by-slice.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import { DAY_MS } from "./day.ts";
import { hasEnough } from "./enough-data.ts";
import { testIndependence } from "./independence.ts";
import { pairedMomentsOf, ratioMomentsOf } from "./joint-moments.ts";
import { measureTally } from "./measure.ts";
import { holm, type PValue } from "./multiple-testing.ts";
import { type Planned, SRM_ALPHA, testSplit } from "./sample-ratio-mismatch.ts";
import { splitLnBayesFactor } from "./sequential-srm.ts";
import { type Counts, CROSSOVERS, EXPOSURES, exposedIn, type Tally } from "./tally.ts";
import { waldTest } from "./wald-test.ts";
import { weightedSlope } from "./weighted-trend.ts";
import { welchDegreesOfFreedom } from "./welch.ts";

/** More units than this share in two variants means that something re-assigns them. */
export const MOST_CROSSOVERS = 0.01;
const STALE_DAYS = 2;
/** What is only looked at for hints is called a finding below this. */
const HINT_ALPHA = 0.01;
const MOST_CULPRITS = 10;
const FEWEST_CULPRIT_UNITS = 100;
/** Two points are always on a line. */
const FEWEST_SHARES = 3;

const plannedOf = ({ variants }: AnalysisPlan, tally: Tally, before: readonly Planned[] = []): Planned[] =>
  variants.map(({ id, weight_bp }, index) => ({
    units: (before[index]?.units ?? 0) + tally.of(id, EXPOSURES).n,
    weight: weight_bp,
  }));

const splitTest = (
  planned: readonly Planned[],
): Pick<Health["srm"], "chi_squared" | "degrees_of_freedom" | "p_value"> => {
  const { chiSquared, degreesOfFreedom, pValue } = testSplit(planned);
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
const sequentialPValue = (plan: AnalysisPlan, days: readonly Day[], previous: number | null): number | null => {
  let soFar: readonly Planned[] = [];
  let lnPValue = 0;
  for (const { tally } of days) {
    soFar = plannedOf(plan, tally, soFar);
    lnPValue = Math.min(lnPValue, -splitLnBayesFactor(soFar));
  }
  const weighted = soFar.filter(({ weight }) => weight > 0);
  return weighted.length > 1 && weighted.some(({ units }) => units > 0)
    ? Math.min(previous ?? 1, Math.exp(lnPValue))
    : previous;
};

/** Each with the p-value of its test, made up for all the others by Holm's method. */
const withHolm = <Tested extends { readonly test: PValue }>(
  tested: readonly Tested[],
): (Omit<Tested, "test"> & { readonly p_value: number })[] => {
  const adjusted = holm(tested.map(({ test }) => test));
  return tested.map(({ test: _test, ...each }, index) => ({ ...each, p_value: adjusted[index]!.pValue }));
};

const nameOf = ({ dimension, value }: { readonly dimension: string; readonly value: string | null }): string =>
  JSON.stringify([dimension, value]);

/** The values of dimensions whose split is off, the worst first. Too few units to tell are no culprits. */
const culpritsOf = (plan: AnalysisPlan, counts: Counts): Health["srm"]["culprits"] => {
  const tested = counts.dimensions.flatMap(([dimension, values]) =>
    Array.from(values, ([value, tally]) => ({
      dimension,
      value,
      units: exposedIn(tally, plan.variants),
      test: testSplit(plannedOf(plan, tally)),
    })),
  );
  const worstFirst = tested
    .filter(({ units, test }) => units >= FEWEST_CULPRIT_UNITS && test.enoughUnits)
    .toSorted((a, b) => a.test.lnPValue - b.test.lnPValue || b.units - a.units || (nameOf(a) < nameOf(b) ? -1 : 1));
  return withHolm(worstFirst)
    .filter(({ p_value }) => p_value < HINT_ALPHA)
    .slice(0, MOST_CULPRITS);
};

/**
 * Tested by Student's t of means, by the normal distribution of ratios. Only of metrics that had a past: of others it is 0 everywhere, and
 * nothing varies.
 */
const prePeriodOf = (plan: AnalysisPlan, { tally }: Counts): Health["pre_period"] => {
  const control = controlOf(plan);
  if (!control || plan.design === "switchback") return [];
  const tested = plan.metrics.flatMap((metric) => {
    const isRatio = metric.type === "mean" || metric.type === "ratio";
    // Without a variance where too few units are there, or a ratio had nothing to divide by.
    const pastOf = ({ id }: PlanVariant) => {
      const { n } = tally.of(id, EXPOSURES);
      const { sums } = tally.of(id, metric.id);
      const { x: mean, xx } = (isRatio ? ratioMomentsOf : pairedMomentsOf)({ n, sums });
      return { n, mean, variance: n < 2 || (isRatio && !Number(sums.e ?? 0)) ? Number.NaN : xx / n };
    };
    const before = pastOf(control);
    return treatmentsOf(plan).flatMap((variant) => {
      const after = pastOf(variant);
      const test = waldTest(
        after.mean - before.mean,
        Math.sqrt(before.variance + after.variance),
        plan.significance_level,
        isRatio ? undefined : welchDegreesOfFreedom(before, after),
      );
      return test.kind === "estimated" ? [{ metric_key: metric.key, variant_key: variant.key, test }] : [];
    });
  });
  return withHolm(tested).map((each) => ({ ...each, ok: each.p_value >= HINT_ALPHA }));
};

/**
 * Of days of first exposure on which another share of units was treated. Within phases that are analysed together weights do not change, so that
 * there is nothing to see unless the shares differ by more than chance.
 */
const interferenceOf = (plan: AnalysisPlan, days: readonly Day[]): Health["interference"] => {
  const control = controlOf(plan);
  const primary = summedPrimaryOf(plan);
  if (!control || !primary) return null;
  const treatedOn = ({ tally }: Day): number => exposedIn(tally, treatmentsOf(plan));
  const moved = testIndependence(days.map((day) => [treatedOn(day), exposedIn(day.tally, [control])]));
  if (moved.kind === "undefined" || moved.pValue >= SRM_ALPHA) return null;
  // The control's metric by the share of units that were treated.
  const periods = days.flatMap((day) => {
    const measured = measureTally(plan.design, primary, control, day.tally);
    const { n, mean, variance, reason } = measured;
    const treated = treatedOn(day);
    return mean === null || reason !== null || !hasEnough(primary, measured)
      ? []
      : [{ x: treated / (treated + n), mean, variance }];
  });
  const drift = weightedSlope(
    periods.filter(({ variance }) => variance > 0),
    plan.significance_level,
  );
  return drift.kind === "undefined" || periods.length < FEWEST_SHARES
    ? null
    : { slope: drift.difference, p_value: drift.pValue, ok: drift.pValue >= HINT_ALPHA };
};

/**
 * Whether the numbers can be believed at all. `previous` is the smallest p-value of the sequential split test so far.
 */
export const healthOf = (plan: AnalysisPlan, counts: Counts, previous: number | null, asOfMs: number): Health => {
  const days = daysOf(plan, counts);
  const planned = plannedOf(plan, counts.tally);
  const sequential = sequentialPValue(plan, days, previous);
  const crossovers = counts.tally.of(CROSSOVERS, EXPOSURES).n;
  const exposed = exposedIn(counts.tally, plan.variants) + crossovers;
  const share = crossovers / Math.max(1, exposed);
  const last = days.at(-1);
  return {
    srm: {
      ...splitTest(planned),
      sequential_p_value: sequential,
      ok: (sequential ?? 1) >= SRM_ALPHA && planned.every(({ units, weight }) => units === 0 || weight > 0),
      phases:
        plan.phases.length > 1
          ? talliesInOrder(exposuresIn(plan, counts, "day"), ({ phase }) => phase).map(([phase, tally]) => ({
              phase,
              ...splitTest(plannedOf(plan, tally)),
            }))
          : [],
      culprits: culpritsOf(plan, counts),
    },
    crossovers: { units: crossovers, share, ok: share <= MOST_CROSSOVERS },
    data: {
      first_day: days[0]?.date ?? null,
      last_day: last?.date ?? null,
      stale: plan.status === "running" && last !== undefined && asOfMs >= (last.day + 1 + STALE_DAYS) * DAY_MS,
    },
    pre_period: prePeriodOf(plan, counts),
    interference: interferenceOf(plan, days),
  };
};
