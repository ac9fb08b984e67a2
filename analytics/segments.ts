import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Segments } from "../contract/results.ts";
import type { SumsCell } from "../contract/sums.ts";
import { contrastByPlan } from "./compare-variants.ts";
import type { Contrast } from "./contrast.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import { pValueOf } from "./correction.ts";
import type { Estimate } from "./difference.ts";
import { hasEnough } from "./enough-data.ts";
import { estimateByPlan } from "./estimate.ts";
import { testHomogeneity } from "./heterogeneity.ts";
import { testIndependence } from "./independence.ts";
import { liftVariance } from "./lift-interval.ts";
import { isSummed, type Measured, measureTally, type PlanMetric, shownOf } from "./measure.ts";
import { adjustedBy } from "./multiple-testing.ts";
import { isReversed, type Total } from "./simpson.ts";
import { type Counts, exposedIn, EXPOSURES, type Tally, tallyOf } from "./tally.ts";

type Heterogeneity = Segments["heterogeneity"][number];

/** A variant's share that differs this surely from value to value is not chance. */
const UNEVEN_ALPHA = 0.01;

/** One value of a dimension. */
interface Group {
  readonly value: string | null;
  readonly units: number;
  readonly tally: Tally;
}

interface Dimension {
  readonly name: string;
  /** Largest first. */
  readonly groups: readonly Group[];
  /** Treatments whose share is not the same from value to value. */
  readonly uneven: ReadonlySet<PlanVariant>;
}

/** A value's metric: the control, and each treatment with its contrast. */
interface Measurement {
  readonly group: Group;
  /** In the plan's order. */
  readonly variants: readonly Measured[];
  readonly control: Measured;
  readonly treatments: readonly Measured[];
  /** Undefined where too few units are in some variant. */
  readonly contrasts: readonly Contrast[] | undefined;
}

const isBefore = (a: string | null, b: string | null): boolean => b === null || (a !== null && a < b);

const groupOf = ({ variants }: AnalysisPlan, value: string | null, cells: readonly SumsCell[]): Group => {
  const tally = tallyOf(cells);
  return { value, tally, units: exposedIn(tally, variants) };
};

const dimensionOf = (plan: AnalysisPlan, control: PlanVariant, name: string, cells: readonly SumsCell[]): Dimension => {
  const groups = [...Map.groupBy(cells, ({ slice }) => slice)]
    .map(([value, own]) => groupOf(plan, value, own))
    .filter(({ units }) => units > 0)
    .toSorted((a, b) => b.units - a.units || (isBefore(a.value, b.value) ? -1 : 1));
  const isUneven = ({ id }: PlanVariant): boolean => {
    const test = testIndependence(
      groups.map(({ tally }) => [tally.of(control.id, EXPOSURES).n, tally.of(id, EXPOSURES).n]),
    );
    return test.kind === "estimated" && test.pValue < UNEVEN_ALPHA;
  };
  return { name, groups, uneven: new Set(treatmentsOf(plan).filter(isUneven)) };
};

/** Lifts where every value has one, otherwise differences. */
const effectsOf = (contrasts: readonly Contrast[]): Estimate[] => {
  const known = contrasts.filter(({ difference, reason }) => difference !== null && reason === null);
  const lifts = known.map((contrast) => ({
    mean: (contrast.difference ?? 0) / Math.abs(contrast.baseline ?? 0),
    variance: liftVariance(contrast) ?? 0,
  }));
  return lifts.every(({ variance }) => variance > 0)
    ? lifts
    : known.map(({ difference, variance }) => ({ mean: difference ?? 0, variance }));
};

const totalOf = ({ n, denominator, sum }: Measured): Total => ({ n: denominator ?? n, sum });

const heterogeneityOf = (
  dimension: Dimension,
  dimensions: number,
  measured: readonly Measurement[],
  variant: PlanVariant,
  place: number,
): Heterogeneity[] => {
  const test = testHomogeneity(effectsOf(measured.flatMap(({ contrasts }) => contrasts?.[place] ?? [])));
  if (!test) return [];
  // With even shares a sign that turns round is that of a difference near none.
  const reversal =
    dimension.uneven.has(variant) &&
    isReversed(
      measured.flatMap(({ control, treatments }) => {
        const treatment = treatments[place];
        return treatment ? [{ control: totalOf(control), treatment: totalOf(treatment) }] : [];
      }),
    );
  return [
    {
      key: variant.key,
      cochran_q: test.chiSquared,
      degrees_of_freedom: test.degreesOfFreedom,
      p_value: test.pValue,
      adjusted_p_value: Math.min(1, dimensions * test.pValue),
      i_squared: test.iSquared,
      reversal,
    },
  ];
};

const segmentsBy = (
  plan: AnalysisPlan,
  control: PlanVariant,
  metric: PlanMetric,
  dimension: Dimension,
  dimensions: number,
): Segments => {
  const others = treatmentsOf(plan).filter(({ weight_bp }) => weight_bp > 0);
  const places = others.map((variant) => plan.variants.indexOf(variant));
  const controlPlace = plan.variants.indexOf(control);
  const measured = dimension.groups.map((group): Measurement => {
    const variants = plan.variants.map((variant) => measureTally(plan.design, metric, variant, group.tally));
    const before = variants[controlPlace]!;
    const treatments = places.map((place) => variants[place]!);
    const shown = hasEnough(metric, before) && treatments.every((after) => hasEnough(metric, after));
    const contrasts = shown ? treatments.map((after) => contrastByPlan(plan, before, after)) : undefined;
    return { group, variants, control: before, treatments, contrasts };
  });
  const estimates = measured.map(
    ({ contrasts }) => contrasts?.map((contrast) => estimateByPlan(plan, contrast, metric.direction)) ?? [],
  );
  const adjusted = adjustedBy(plan.correction, estimates.flat().map(pValueOf)).values();
  return {
    dimension: dimension.name,
    metric_key: metric.key,
    values: measured.map(({ group: { value, units }, variants, treatments, contrasts }, index) => ({
      value,
      units,
      withheld: contrasts === undefined,
      variants: contrasts ? variants.map(shownOf) : [],
      comparisons: (estimates[index] ?? []).map((estimate, place) => ({
        ...estimate,
        key: treatments[place]!.key,
        adjusted_p_value: adjusted.next().value?.pValue ?? null,
      })),
    })),
    heterogeneity: others.flatMap((variant, place) => heterogeneityOf(dimension, dimensions, measured, variant, place)),
  };
};

/**
 * Every metric by the values of the dimensions that were read, to explore. Estimates are by the plan's method from what is there now: those of
 * group-sequential plans hold for one reading only, and none knows of earlier ones. p-values are made up for one another by the plan's
 * correction over the variants and the values of one dimension and metric, and those of heterogeneity for the experiment's dimensions.
 *
 * What a value's units come to tells nothing of quantiles, nor of a switchback test's windows or of credit: of these there is none.
 */
export const segmentsOf = (plan: AnalysisPlan, counts: Counts): Segments[] => {
  const control = controlOf(plan);
  const metrics = plan.metrics.filter((metric) => isSummed(plan, metric));
  if (!control || metrics.length === 0) return [];
  const dimensions = [...Map.groupBy(counts.cells("dimension"), ({ name }) => name)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, cells]) => dimensionOf(plan, control, name, cells))
    .filter(({ groups }) => groups.length > 0);
  // Who reads one dimension after another has read them all.
  const family = Math.max(dimensions.length, plan.dimensions);
  return dimensions.flatMap((dimension) =>
    metrics.map((metric) => segmentsBy(plan, control, metric, dimension, family)),
  );
};
