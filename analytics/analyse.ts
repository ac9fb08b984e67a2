import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricResult, Results } from "../contract/results.ts";
import type { Sequence } from "../contract/sequence.ts";
import type { SumsCell } from "../contract/sums.ts";
import { type Compared, compareVariants } from "./compare-variants.ts";
import { type Measured, measure, type PlanMetric, shownOf } from "./measure.ts";
import { controlOf } from "./control.ts";
import { designsOf } from "./designs.ts";
import { interactionsOf } from "./interactions.ts";
import { corrected } from "./correction.ts";
import { healthOf } from "./health.ts";
import { progressOf } from "./progress.ts";
import { settingsOf } from "./settings.ts";
import { trendOf } from "./trend.ts";
import { countsOf, type Counts, EXPOSURES } from "./tally.ts";
import { dailyOf } from "./daily.ts";
import { identityOf, type Instant, withLooks, withRunning } from "./sequence.ts";
import { readingOf } from "./reading.ts";
import { segmentsOf } from "./segments.ts";
import { verdictOf } from "./verdict.ts";

/** A metric's variants, in order, and every other one against the control. */
interface MeasuredMetric {
  readonly metric: PlanMetric;
  readonly variants: readonly Measured[];
  readonly compared: readonly Compared[];
}

const measuredOf = (plan: AnalysisPlan, counts: Counts, metric: PlanMetric): MeasuredMetric => {
  const control = controlOf(plan);
  const variants = plan.variants.map((variant) => measure(plan, metric, variant, counts));
  const before = variants.find(({ key }) => key === control?.key);
  return {
    metric,
    variants,
    compared: before
      ? variants.filter((variant) => variant !== before).map((after) => compareVariants(plan, metric, before, after))
      : [],
  };
};

/**
 * What an earlier analysis has to say to this one. A replay may have mended counts that were wrong: what they made look clear is forgotten then.
 * What a look has spent stays spent.
 */
const rememberedBy = (plan: AnalysisPlan, identity: string, previous: Sequence | null): Sequence | null => {
  if (previous?.identity !== identity) return null;
  return previous.generation === plan.generation ? previous : { ...previous, srm_p_value: null, running: [] };
};

/** What is remembered, and what it makes of the comparisons; the methods that are read once and the Bayesian one remember nothing. */
const sequenceOf = (
  plan: AnalysisPlan,
  compared: readonly Compared[],
  previous: Sequence | null,
  asOf: Instant | null,
): Pick<Sequence, "running" | "looks"> & { readonly compared: readonly Compared[] } => ({
  compared,
  running: [],
  looks: [],
  ...(plan.method === "anytime" && withRunning(compared, previous?.running ?? [])),
  ...(plan.method === "group_sequential" && withLooks(plan, compared, previous?.looks ?? [], asOf)),
});

/** Goals are made up for one another within their family, guardrails are not; then all are read. */
const readAll = (plan: AnalysisPlan, compared: readonly Compared[]): Compared[] => {
  const inRole = (role: PlanMetric["role"]): Compared[] => compared.filter(({ metric }) => metric.role === role);
  return [...corrected(plan, inRole("primary")), ...corrected(plan, inRole("secondary")), ...inRole("guardrail")].map(
    (each) => ({
      ...each,
      comparison: { ...each.comparison, reading: readingOf(plan, each) },
    }),
  );
};

/**
 * What the running sums of one experiment in one environment say, as of a time.
 *
 * `cells` are that experiment's only, of whatever kinds were read; they add up over shards, phases and slices, in any order. Every variant is
 * compared with the control by the plan's method. `previous` is what the last analysis that was kept had to remember, null for none; the
 * results carry what has to be remembered now. One that is not kept must not take looks: then those that are due are left to the next
 * that is.
 */
export const analyse = (
  plan: AnalysisPlan,
  cells: readonly SumsCell[],
  asOf: Instant,
  previous: Sequence | null,
  { takesLooks = true }: { readonly takesLooks?: boolean } = {},
): Results => {
  const counts = countsOf(cells);
  const control = controlOf(plan);
  const identity = identityOf(plan);
  const remembered = rememberedBy(plan, identity, previous);

  const measured = plan.metrics.map((metric) => measuredOf(plan, counts, metric));
  const { compared, ...sequence } = sequenceOf(
    plan,
    measured.flatMap((each) => each.compared),
    remembered,
    takesLooks ? asOf : null,
  );
  const read = readAll(plan, compared);
  const metrics = measured.map(({ metric, variants }): MetricResult => {
    const { key, name, role, type, direction, limit } = metric;
    return {
      key,
      name,
      role,
      type,
      direction,
      limit,
      variants: variants.map(shownOf),
      comparisons: read.filter((each) => each.metric === metric).map(({ comparison }) => comparison),
    };
  });

  const health = healthOf(plan, counts, remembered?.srm_p_value ?? null, asOf.ms);
  const variants = plan.variants.map(({ id, key, name, is_control, weight_bp }) => ({
    key,
    name,
    is_control,
    expected_share: weight_bp / 10_000,
    exposures: counts.tally.of(id, EXPOSURES).n,
  }));
  const primary = measured.find(({ metric }) => metric.role === "primary");
  const progress = progressOf(
    plan,
    counts,
    read.filter(({ metric }) => metric.role === "primary"),
    asOf.ms,
  );
  const { lastDay, daily } = dailyOf(plan, control, counts);
  return {
    experiment_key: plan.experiment_key,
    environment: plan.environment,
    as_of: asOf.iso,
    significance_level: plan.significance_level,
    design: plan.design,
    plan: settingsOf(plan),
    health,
    verdict: verdictOf({
      plan,
      health,
      variants,
      metrics,
      amounts: primary?.variants ?? [],
      progress,
      sequence,
      lastExposureDay: lastDay,
      asOfMs: asOf.ms,
    }),
    progress,
    variants,
    metrics,
    daily,
    trend: trendOf(plan, counts, asOf.ms),
    segments: segmentsOf(plan, counts),
    interactions: interactionsOf(plan, counts),
    designs: designsOf(plan, counts),
    sequence: { identity, generation: plan.generation, srm_p_value: health.srm.sequential_p_value, ...sequence },
  };
};
