import type { Estimate } from "../../contract/estimate.ts";
import type { MetricResult, MetricVariant, Results, Segments } from "../../contract/results.ts";
import { intervalAxis, type IntervalAxis } from "../charts/interval-axis.ts";
import { controlFirst, variantMark, type VariantMark } from "../charts/variant-mark.ts";
import {
  changeDecimals,
  formatChange,
  formatCount,
  formatNumber,
  formatPercent,
  formatPValue,
} from "../format/number.ts";
import { commonRateDecimals, differenceFormat, valueFormat } from "../results/metric-units.ts";
import { valueWords } from "../results/dimension-value.ts";
import { undefinedWord } from "../results/reading.ts";

/** One variant against the control within one value of a dimension. */
export interface SegmentRow {
  readonly variant: string;
  readonly mark: VariantMark;
  readonly control: string;
  readonly value: string;
  readonly change: string;
  readonly interval: string;
  readonly p: string;
  readonly bar: { readonly low: number; readonly high: number; readonly estimate: number } | undefined;
}

export interface SegmentGroup {
  readonly name: string;
  readonly users: string;
  /** Everybody, to hold the others against. */
  readonly all: boolean;
  /** Too few users in some variant: nothing is compared. */
  readonly withheld: boolean;
  readonly rows: readonly SegmentRow[];
}

export interface SegmentTable {
  readonly axis: IntervalAxis;
  readonly groups: readonly SegmentGroup[];
}

type Compared = Estimate & { readonly key: string; readonly adjusted_p_value: number | null };

const relative = ({ lift, lift_ci_low, lift_ci_high }: Estimate): SegmentRow["bar"] =>
  lift === null || lift_ci_low === null || lift_ci_high === null
    ? undefined
    : { low: lift_ci_low, high: lift_ci_high, estimate: lift };

/** The metric by the values of a dimension, below everybody. */
export function segmentTable(
  { variants }: Pick<Results, "variants">,
  metric: MetricResult,
  segments: Segments,
): SegmentTable {
  const ordered = controlFirst(variants);
  const rates = commonRateDecimals([metric, ...segments.values.map((one) => ({ ...metric, variants: one.variants }))]);
  const written = valueFormat(metric, rates);
  const intervals = [metric, ...segments.values].flatMap(({ comparisons }) =>
    comparisons.flatMap((comparison) => relative(comparison) ?? []),
  );
  const decimals = changeDecimals(intervals);

  const rowOf = (own: readonly MetricVariant[], comparison: Compared): SegmentRow => {
    const meanOf = (key: string | undefined) => own.find((variant) => variant.key === key)?.mean ?? null;
    const index = ordered.findIndex(({ key }) => key === comparison.key);
    const bar = relative(comparison);
    const { difference, ci_low, ci_high, adjusted_p_value, p_value } = comparison;
    const { number, suffix } = differenceFormat(metric, [difference ?? 0, ci_low ?? 0, ci_high ?? 0]);
    const absolute = difference !== null && ci_low !== null && ci_high !== null;
    const p = adjusted_p_value ?? p_value;
    return {
      variant: ordered[index]?.name ?? comparison.key,
      mark: variantMark(Math.max(0, index)),
      control: written(meanOf(ordered[0]?.key)),
      value: written(meanOf(comparison.key)),
      change: bar ? formatChange(bar.estimate, decimals) : absolute ? `${number(difference)}${suffix}` : "–",
      interval: bar
        ? `${formatChange(bar.low, decimals)} to ${formatChange(bar.high, decimals)}`
        : absolute
          ? `${number(ci_low)} to ${number(ci_high)}${suffix}`
          : undefinedWord(comparison.undefined_reason, true),
      p: p === null ? "–" : formatPValue(p),
      bar,
    };
  };

  return {
    axis: intervalAxis(intervals),
    groups: [
      {
        name: "All",
        users: formatCount(ordered.reduce((sum, { exposures }) => sum + exposures, 0)),
        all: true,
        withheld: false,
        rows: metric.comparisons.map((comparison) => rowOf(metric.variants, comparison)),
      },
      ...segments.values.map(({ value, units, withheld, variants: own, comparisons }) => ({
        name: valueWords(value),
        users: formatCount(units),
        all: false,
        withheld,
        rows: comparisons.map((comparison) => rowOf(own, comparison)),
      })),
    ],
  };
}

/** Below this the lift is said to differ from value to value. */
const DIFFERS = 0.05;

export interface HeterogeneityWords {
  readonly text: string;
  readonly differs: boolean;
}

/** Whether a variant's change differs between the values, in a sentence. */
export function heterogeneityWords(
  name: string,
  { cochran_q, degrees_of_freedom, adjusted_p_value, i_squared }: Segments["heterogeneity"][number],
): HeterogeneityWords {
  const differs = adjusted_p_value < DIFFERS;
  const test = `Q = ${formatNumber(cochran_q, 1)} on ${degrees_of_freedom} df, ${formatPValue(adjusted_p_value)} corrected`;
  return {
    differs,
    text: differs
      ? `The change with “${name}” differs between the values (${test}); ${formatPercent(i_squared, 0)} of the variation is more than chance.`
      : `No sign that the change with “${name}” differs between the values (${test}).`,
  };
}
