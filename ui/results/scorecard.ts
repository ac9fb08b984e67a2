import type { Comparison, MetricResult, Results } from "../../contract/results.ts";
import type { MetricRole } from "../../contract/metric.ts";
import { controlFirst, variantMark, type VariantMark } from "../charts/variant-mark.ts";
import { intervalAxis, type IntervalAxis } from "../charts/interval-axis.ts";
import { CORRECTION_WORD, correctionOf, shareWords } from "../experiments/analysis-words.ts";
import {
  changeDecimals,
  formatChance,
  formatChange,
  formatCount,
  formatNumber,
  formatPValue,
} from "../format/number.ts";
import { commonRateDecimals, differenceFormat, isRate, valueFormat } from "./metric-units.ts";
import { readingOf, timingOf, undefinedWord, type Reading } from "./reading.ts";
import { seenBy, type Seen, type View } from "./views.ts";

export interface ScorecardInterval {
  readonly low: number;
  readonly high: number;
  readonly estimate: number;
  /** The interval at the corrected level, where that is another one. */
  readonly corrected?: { readonly low: number; readonly high: number };
}

/** One metric of one variant against the control, ready to be shown. */
export interface ScorecardRow {
  readonly key: string;
  readonly variant: string;
  readonly mark: VariantMark;
  readonly control: string;
  readonly value: string;
  /** The relative change, or the absolute one where the control is 0. */
  readonly change: string;
  readonly interval: string;
  /** Where the bar is; undefined when there is no relative change to draw. */
  readonly bar: ScorecardInterval | undefined;
  readonly reading: Reading;
  /** `p = 0.004`, or the chance to win where there is a posterior; undefined without either. */
  readonly evidence: string | undefined;
  /** Counts, and what else there is to say, in sentences. */
  readonly detail: string;
}

export interface ScorecardMetric {
  readonly key: string;
  readonly name: string;
  readonly direction: MetricResult["direction"];
  /** Of a guardrail: its limit on the axis, negative where higher is better. */
  readonly limit: number | undefined;
  /** How much of the variance CUPED took away. */
  readonly cuped: string | undefined;
  readonly rows: readonly ScorecardRow[];
}

export interface ScorecardGroup {
  readonly role: MetricRole;
  readonly title: string;
  readonly axis: IntervalAxis;
  readonly metrics: readonly ScorecardMetric[];
}

const ROLES = ["primary", "secondary", "guardrail"] as const satisfies MetricRole[];

function titleOf(role: MetricRole, metrics: readonly MetricResult[]): string {
  if (role === "guardrail")
    return metrics.some(({ limit }) => limit !== null) ? "Guardrails (dashed red: agreed limit)" : "Guardrails";
  const one = metrics.length === 1;
  return role === "primary" ? `Primary metric${one ? "" : "s"}` : `Secondary metric${one ? "" : "s"}`;
}

const relative = ({ lift, lift_ci_low, lift_ci_high }: Seen): ScorecardInterval | undefined =>
  lift === null || lift_ci_low === null || lift_ci_high === null
    ? undefined
    : { low: lift_ci_low, high: lift_ci_high, estimate: lift };

/** Where a guardrail's limit is on the axis: on the side that is bad. */
const limitOf = ({ limit, direction }: MetricResult): number | undefined =>
  limit === null ? undefined : direction === "increase" ? -limit : limit;

const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

/** The change in words: relative where it exists, absolute where the control is 0, else why there is none. */
function changeWords(
  seen: Seen,
  metric: MetricResult,
  decimals: number,
  over: boolean,
): { change: string; interval: string } {
  const interval = relative(seen);
  if (interval !== undefined)
    return {
      change: formatChange(interval.estimate, decimals),
      interval: `${formatChange(interval.low, decimals)} to ${formatChange(interval.high, decimals)}`,
    };
  const { difference, ci_low, ci_high } = seen;
  if (difference !== null && ci_low !== null && ci_high !== null) {
    const { number, suffix } = differenceFormat(metric, [difference, ci_low, ci_high]);
    return {
      change: `${number(difference)}${suffix}`,
      interval: `${number(ci_low)} to ${number(ci_high)}${suffix}`,
    };
  }
  return { change: "–", interval: undefinedWord(seen.undefined_reason, over) };
}

/** The interval after the correction, where the plan is looked at and it is another one. */
function correctedOf(
  view: View,
  { lift_ci_low, lift_ci_high, adjusted_lift_ci_low: low, adjusted_lift_ci_high: high }: Comparison,
): { low: number; high: number } | undefined {
  if (view !== "plan" || low === null || high === null) return undefined;
  return low === lift_ci_low && high === lift_ci_high ? undefined : { low, high };
}

const isCorrected = (view: View, { p_value, adjusted_p_value }: Comparison): boolean =>
  view === "plan" && adjusted_p_value !== null && adjusted_p_value !== p_value;

function evidenceWords(view: View, seen: Seen, comparison: Comparison): string | undefined {
  if (seen.posterior !== null) return `chance to win ${formatChance(seen.posterior.chance_to_win)}`;
  if (isCorrected(view, comparison)) return `${formatPValue(comparison.adjusted_p_value ?? 1)} corrected`;
  return seen.p_value === null ? undefined : formatPValue(seen.p_value);
}

/** `1,770 of 18,100 users`, or with a total where one means something. */
function countWords(metric: MetricResult, numbers: MetricResult["variants"][number] | undefined): string {
  const { n, sum } = numbers ?? { n: 0, sum: 0 };
  if (isRate(metric)) return `${formatCount(sum)} of ${formatCount(n)} users`;
  if (metric.type === "quantile") return `${formatCount(n)} users with an event`;
  if (metric.type !== "sum" && metric.type !== "count") return `${formatCount(n)} users`;
  return `${formatCount(n)} users, total ${formatNumber(sum, Number.isInteger(sum) ? 0 : 2)}`;
}

function cupedWords(view: View, comparisons: readonly Comparison[]): string | undefined {
  if (view !== "plan") return undefined;
  const shares = comparisons.flatMap(({ cuped }) => (cuped === null ? [] : [cuped.variance_reduction]));
  const [low, high] = [Math.min(...shares), Math.max(...shares)].map((share) => formatNumber(share * 100, 0));
  if (shares.length === 0) return undefined;
  return `CUPED: variance −${low === high ? low : `${low} to ${high}`}\u00A0%`;
}

/** The scorecard's rows by group, every figure in a column with the same precision. */
export function scorecardGroups(
  results: Pick<Results, "variants" | "metrics" | "verdict" | "plan">,
  over: boolean,
  view: View = "plan",
): ScorecardGroup[] {
  const at = { timing: timingOf(results.verdict.code, results.plan), over };
  const ordered = controlFirst(results.variants);
  const control = ordered[0];
  const seen = (comparison: Comparison): Seen => seenBy(view, comparison, results.plan);
  const intervalsOf = (metric: MetricResult) =>
    metric.comparisons.map((comparison) => relative(seen(comparison))).filter(isDefined);
  const decimals = changeDecimals(results.metrics.flatMap(intervalsOf));
  const rates = commonRateDecimals(results.metrics);
  const range = ({ low, high }: { low: number; high: number }): string =>
    `${formatChange(low, decimals)} to ${formatChange(high, decimals)}`;

  const detailOf = (name: string, metric: MetricResult, comparison: Comparison): string => {
    const numbers = metric.variants.find((variant) => variant.key === comparison.key);
    const corrected = correctedOf(view, comparison);
    const { posterior } = seen(comparison);
    return [
      `${name}: ${countWords(metric, numbers)}`,
      ...(isCorrected(view, comparison) && comparison.p_value !== null
        ? [`before the correction ${formatPValue(comparison.p_value)}`]
        : []),
      ...(corrected === undefined
        ? []
        : [`after ${CORRECTION_WORD[correctionOf(results.plan)]}’s correction ${range(corrected)}`]),
      ...(posterior === null
        ? []
        : [
            `expected loss ${shareWords(posterior.expected_loss)} with it, ${shareWords(posterior.expected_loss_control)} without it`,
          ]),
    ].join("; ");
  };

  const rowOf = (metric: MetricResult, comparison: Comparison): ScorecardRow => {
    const written = valueFormat(metric, rates);
    const meanOf = (key: string) => metric.variants.find((variant) => variant.key === key)?.mean ?? null;
    const index = ordered.findIndex((variant) => variant.key === comparison.key);
    const name = ordered[index]?.name ?? comparison.key;
    const corrected = correctedOf(view, comparison);
    const bar = relative(seen(comparison));
    return {
      key: comparison.key,
      variant: name,
      mark: variantMark(Math.max(0, index)),
      control: written(meanOf(control?.key ?? "")),
      value: written(meanOf(comparison.key)),
      ...changeWords(seen(comparison), metric, decimals, over),
      evidence: evidenceWords(view, seen(comparison), comparison),
      bar: bar === undefined || corrected === undefined ? bar : { ...bar, corrected },
      reading: readingOf(comparison, at),
      detail: detailOf(name, metric, comparison),
    };
  };

  return ROLES.map((role) => {
    const metrics = results.metrics.filter((metric) => metric.role === role);
    return {
      role,
      title: titleOf(role, metrics),
      axis: intervalAxis([
        ...metrics.flatMap(intervalsOf),
        ...metrics.flatMap((metric) => limitOf(metric) ?? []).map((limit) => ({ low: limit, high: limit })),
      ]),
      metrics: metrics.map((metric) => ({
        key: metric.key,
        name: metric.name,
        direction: metric.direction,
        limit: limitOf(metric),
        cuped: cupedWords(view, metric.comparisons),
        rows: metric.comparisons.map((comparison) => rowOf(metric, comparison)),
      })),
    };
  }).filter((group) => group.metrics.length > 0);
}
