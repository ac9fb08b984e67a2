import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Segments } from "../contract/results.ts";
import { contrastByPlan } from "./compare-variants.ts";
import type { Contrast } from "./contrast.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import { pValueOf } from "./correction.ts";
import type { Estimate } from "./difference.ts";
import { hasEnough } from "./enough-data.ts";
import { estimateByPlan, liftOf } from "./estimate.ts";
import { testHomogeneity } from "./heterogeneity.ts";
import { testIndependence } from "./independence.ts";
import { liftVariance } from "./lift-interval.ts";
import { isSummed, type Measured, measureTotals, type PlanMetric, shownOf } from "./measure.ts";
import { adjustedBy } from "./multiple-testing.ts";
import { isReversed, type Total } from "./simpson.ts";
import { type Counts, exposedIn, EXPOSURES, type Tally } from "./tally.ts";

/** A variant's share that differs this surely from value to value is not chance. */
const UNEVEN_ALPHA = 0.01;

interface Dimension {
  readonly name: string;
  /** One a value, the largest first. */
  readonly groups: readonly { readonly value: string | null; readonly units: number; readonly tally: Tally }[];
  /** Treatments whose share is not the same from value to value. */
  readonly uneven: ReadonlySet<PlanVariant>;
}

const dimensionOf = (
  plan: AnalysisPlan,
  control: PlanVariant,
  [name, values]: Counts["dimensions"][number],
): Dimension => {
  const groups = Array.from(values, ([value, tally]) => ({ value, tally, units: exposedIn(tally, plan.variants) }))
    .filter(({ units }) => units > 0)
    .toSorted((a, b) => b.units - a.units || (String(a.value) < String(b.value) ? -1 : 1));
  const isUneven = (treatment: PlanVariant): boolean => {
    const test = testIndependence(
      groups.map(({ tally }) => [control, treatment].map(({ id }) => tally.of(id, EXPOSURES).n)),
    );
    return test.kind === "estimated" && test.pValue < UNEVEN_ALPHA;
  };
  return { name, groups, uneven: new Set(treatmentsOf(plan).filter(isUneven)) };
};

/** Lifts where every value has one, otherwise differences. */
const effectsOf = (contrasts: readonly Contrast[]): Estimate[] => {
  const known = contrasts.filter(({ reason }) => reason === null);
  const lifts = known.map((contrast) => ({ mean: liftOf(contrast) ?? 0, variance: liftVariance(contrast) ?? 0 }));
  return lifts.every(({ variance }) => variance > 0)
    ? lifts
    : known.map(({ difference, variance }) => ({ mean: difference ?? 0, variance }));
};

const totalOf = ({ n, denominator, sum }: Measured): Total => ({ n: denominator ?? n, sum });

const segmentsBy = (
  plan: AnalysisPlan,
  control: PlanVariant,
  metric: PlanMetric,
  { name, groups, uneven }: Dimension,
  measured: readonly (readonly Measured[])[],
  dimensions: number,
): Segments => {
  const others = treatmentsOf(plan).filter(({ weight_bp }) => weight_bp > 0);
  const values = groups.map(({ value, units }, index) => {
    const variants = measured[index]!;
    const placed = (variant: PlanVariant): Measured => variants[plan.variants.indexOf(variant)]!;
    const [before, treatments] = [placed(control), others.map(placed)];
    const withheld = !hasEnough(metric, before) || !treatments.every((after) => hasEnough(metric, after));
    const contrasts = withheld ? [] : treatments.map((after) => contrastByPlan(plan, before, after));
    const estimates = contrasts.map((contrast) => estimateByPlan(plan, contrast, metric.direction));
    return { value, units, withheld, variants, before, treatments, contrasts, estimates };
  });
  const all = values.flatMap(({ estimates }) => estimates);
  adjustedBy(plan.correction, all.map(pValueOf)).forEach(
    (p, index) => (all[index]!.adjusted_p_value = p?.pValue ?? null),
  );
  return {
    dimension: name,
    metric_key: metric.key,
    values: values.map(({ value, units, withheld, variants, estimates }) => ({
      value,
      units,
      withheld,
      variants: withheld ? [] : variants.map(shownOf),
      comparisons: estimates,
    })),
    heterogeneity: others.flatMap((variant, place) => {
      const test = testHomogeneity(effectsOf(values.flatMap(({ contrasts }) => contrasts[place] ?? [])));
      if (!test) return [];
      const totals = () =>
        values.map(({ before, treatments }) => ({ control: totalOf(before), treatment: totalOf(treatments[place]!) }));
      return [
        {
          key: variant.key,
          cochran_q: test.chiSquared,
          degrees_of_freedom: test.degreesOfFreedom,
          p_value: test.pValue,
          adjusted_p_value: Math.min(1, dimensions * test.pValue),
          i_squared: test.iSquared,
          // With even shares a sign that turns round is that of a difference near none.
          reversal: uneven.has(variant) && isReversed(totals()),
        },
      ];
    }),
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
  const dimensions = counts.dimensions
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map((dimension) => dimensionOf(plan, control, dimension))
    .filter(({ groups }) => groups.length > 0);
  // Who reads one dimension after another has read them all.
  const family = Math.max(dimensions.length, plan.dimensions);
  return dimensions.flatMap((dimension) => {
    // In the order in which cells come, which takes two thirds of the time of metric by metric.
    const measured = dimension.groups.map(({ tally }) =>
      plan.variants.map(({ id, key }) => {
        const exposed = tally.of(id, EXPOSURES);
        return metrics.map((metric) => measureTotals(plan.design, metric, key, exposed, tally.of(id, metric.id)));
      }),
    );
    return metrics.map((metric, place) =>
      segmentsBy(
        plan,
        control,
        metric,
        dimension,
        measured.map((group) => group.map((variant) => variant[place]!)),
        family,
      ),
    );
  });
};
