import type { Comparison, MetricResult, Results } from "../../contract/results.ts";
import type { MetricRole } from "../../contract/metric.ts";
import { controlFirst, variantMark, type VariantMark } from "../charts/variant-mark.ts";
import { intervalAxis, type IntervalAxis } from "../charts/interval-axis.ts";
import {
  changeDecimals,
  formatChange,
  formatCount,
  formatDifference,
  formatNumber,
  formatPercent,
  formatPValue,
  meanDecimals,
  rateDecimals,
} from "../format/number.ts";
import { readingOf, timingOf, undefinedWord, type Reading } from "./reading.ts";

export interface ScorecardInterval {
  readonly low: number;
  readonly high: number;
  readonly estimate: number;
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
  /** `p = 0.004`; nothing without one. */
  readonly p: string | undefined;
  /** Counts in one sentence. */
  readonly detail: string;
}

export interface ScorecardMetric {
  readonly key: string;
  readonly name: string;
  readonly direction: MetricResult["direction"];
  readonly rows: readonly ScorecardRow[];
}

export interface ScorecardGroup {
  readonly role: MetricRole;
  readonly title: string;
  readonly axis: IntervalAxis;
  readonly metrics: readonly ScorecardMetric[];
}

const TITLES: Readonly<Record<MetricRole, string>> = {
  primary: "Primary metric",
  secondary: "Secondary metrics",
  guardrail: "Guardrails",
};

const ROLES = ["primary", "secondary", "guardrail"] as const satisfies MetricRole[];

const intervalOf = (comparison: Comparison): ScorecardInterval | undefined =>
  comparison.lift === null || comparison.lift_ci_low === null || comparison.lift_ci_high === null
    ? undefined
    : { low: comparison.lift_ci_low, high: comparison.lift_ci_high, estimate: comparison.lift };

const isDefined = <T>(value: T | undefined): value is T => value !== undefined;

/** How a metric's means are written: a share of users as a percentage, everything else as a plain number. */
function meanFormat(metric: MetricResult, rates: number): (mean: number | null) => string {
  if (metric.type === "conversion") return (mean) => (mean === null ? "–" : formatPercent(mean, rates));
  const decimals = meanDecimals(metric.variants.map((variant) => variant.mean ?? 0));
  return (mean) => (mean === null ? "–" : formatNumber(mean, decimals));
}

/** The change in words: relative where it exists, absolute where the control is 0, else why there is none. */
function changeWords(
  comparison: Comparison,
  metric: MetricResult,
  decimals: number,
  over: boolean,
): { change: string; interval: string } {
  const relative = intervalOf(comparison);
  if (relative !== undefined)
    return {
      change: formatChange(relative.estimate, decimals),
      interval: `${formatChange(relative.low, decimals)} to ${formatChange(relative.high, decimals)}`,
    };
  const { difference, ci_low, ci_high } = comparison;
  if (difference !== null && ci_low !== null && ci_high !== null) {
    const points = metric.type === "conversion";
    const scale = points ? 100 : 1;
    const figures = points ? 2 : meanDecimals([difference, ci_low, ci_high]);
    const unit = points ? " pp" : "";
    return {
      change: `${formatDifference(difference * scale, figures)}${unit}`,
      interval: `${formatDifference(ci_low * scale, figures)} to ${formatDifference(ci_high * scale, figures)}${unit}`,
    };
  }
  return { change: "–", interval: undefinedWord(comparison.undefined_reason, over) };
}

/** The scorecard's rows by group, every figure in a column with the same precision. */
export function scorecardGroups(
  results: Pick<Results, "variants" | "metrics" | "verdict">,
  over: boolean,
): ScorecardGroup[] {
  const at = { timing: timingOf(results.verdict.code), over };
  const ordered = controlFirst(results.variants);
  const control = ordered[0];
  const intervals = results.metrics.flatMap((metric) => metric.comparisons.map(intervalOf).filter(isDefined));
  const decimals = changeDecimals(intervals);
  const rates = rateDecimals(
    results.metrics
      .filter((metric) => metric.type === "conversion")
      .flatMap((metric) => metric.variants.map((variant) => variant.mean ?? 0)),
  );

  const metricRows = (metric: MetricResult): ScorecardRow[] => {
    const written = meanFormat(metric, rates);
    const numbersOf = (key: string) => metric.variants.find((variant) => variant.key === key);
    return metric.comparisons.map((comparison) => {
      const index = ordered.findIndex((variant) => variant.key === comparison.key);
      const numbers = numbersOf(comparison.key);
      const name = ordered[index]?.name ?? comparison.key;
      return {
        key: comparison.key,
        variant: name,
        mark: variantMark(Math.max(0, index)),
        control: written(numbersOf(control?.key ?? "")?.mean ?? null),
        value: written(numbers?.mean ?? null),
        ...changeWords(comparison, metric, decimals, over),
        p: comparison.p_value === null ? undefined : formatPValue(comparison.p_value),
        bar: intervalOf(comparison),
        reading: readingOf(metric, comparison, at),
        detail: `${name}: ${formatCount(numbers?.n ?? 0)} users, total ${formatNumber(numbers?.sum ?? 0, Number.isInteger(numbers?.sum ?? 0) ? 0 : 2)}`,
      };
    });
  };

  return ROLES.map((role) => {
    const metrics = results.metrics.filter((metric) => metric.role === role);
    return {
      role,
      title: TITLES[role],
      axis: intervalAxis(metrics.flatMap((metric) => metric.comparisons.map(intervalOf).filter(isDefined))),
      metrics: metrics.map((metric) => ({
        key: metric.key,
        name: metric.name,
        direction: metric.direction,
        rows: metricRows(metric),
      })),
    };
  }).filter((group) => group.metrics.length > 0);
}
