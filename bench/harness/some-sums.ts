import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { SumName, SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../../test/random.ts";

const DAY_MS = 86_400_000;
const FIRST_DAY = 20_500;

export interface Size {
  readonly variants: number;
  readonly metrics: number;
  readonly days: number;
  readonly dimensions: number;
  readonly values: number;
}

const TYPES = ["conversion", "sum", "count", "ratio", "mean"] as const;

/** A plan of so many variants and metrics, all of which have covariates; the first metric is the primary one. */
export const aLargePlan = ({ variants, metrics, days, dimensions }: Size): AnalysisPlan => ({
  ...DEFAULT_ANALYSIS,
  experiment_id: "e0",
  experiment_key: "large",
  environment: "production",
  generation: 1,
  status: "running",
  design: "parallel",
  significance_level: 0.05,
  power: 0.8,
  min_detectable_effect: 0.02,
  estimated_duration_days: days,
  started_at: FIRST_DAY * DAY_MS,
  ended_at: null,
  ends_at: null,
  phases: [{ number: 1, started_at: FIRST_DAY * DAY_MS }],
  variants: Array.from({ length: variants }, (_, i) => ({
    id: `v${i}`,
    key: `v${i}`,
    name: `Variant ${i}`,
    weight_bp: 10_000 / variants,
    is_control: i === 0,
    levels: null,
  })),
  factors: null,
  metrics: Array.from({ length: metrics }, (_, i) => ({
    id: `m${i}`,
    key: `m${i}`,
    name: `Metric ${i}`,
    role: i === 0 ? "primary" : i < metrics - 3 ? "secondary" : "guardrail",
    type: TYPES[i % TYPES.length] ?? "sum",
    direction: "increase",
    quantile: null,
    cap_percentile: null,
    limit: i < metrics - 3 ? null : 0.02,
  })),
  dimensions,
  watched: [],
});

/** ms since 1970: a day after the planned end. */
export const afterThePlan = ({ days }: Size): number => (FIRST_DAY + days + 1) * DAY_MS;

const millionths = (value: number): bigint => BigInt(Math.round(value * 1e6));

const RATIO = ["y", "d", "x", "e"] as const;
/** Those of a metric whose denominator is the units: counting leaves sums out that are 0. */
const PLAIN = ["y", "x"] as const;

/** Sums over `n` units, as they would be of independent normal numbers. */
const sumsOf = (n: number, random: () => number, names: typeof RATIO | typeof PLAIN): SumsCell["sums"] => {
  const mean = { y: 2 + random() / 50, d: 3, x: 1.9, e: 2.9 } as const;
  const sums: Partial<Record<SumName, string>> = {};
  for (const [i, a] of names.entries()) {
    sums[a] = String(millionths(n * mean[a] * (1 + (random() - 0.5) / Math.sqrt(n))));
    for (const b of names.slice(i)) {
      const spread = a === b ? 4 : 1.5;
      sums[`${a}${b}` as SumName] = String(millionths(n * (mean[a] * mean[b] + spread)) * 1_000_000n);
    }
  }
  return sums;
};

/** Sums of units that converted, a third of which had before; as many had without converting now. */
const conversions = (n: number): SumsCell["sums"] => {
  const before = Math.round(n / 3);
  const [y, x] = [millionths(n), millionths(2 * before)];
  return {
    y: String(y),
    x: String(x),
    yy: String(y * 1_000_000n),
    yx: String(millionths(before) * 1_000_000n),
    xx: String(x * 1_000_000n),
  };
};

/** The cells of such an experiment, by day and by the values of its dimensions: 5,000 units a variant and day. */
export const manySums = (size: Size, plan: AnalysisPlan): SumsCell[] => {
  const random = seededRandom(7);
  const perDay = 5_000;
  const total = perDay * size.days;
  const slices = [
    ...Array.from({ length: size.days }, (_, day) => ({
      kind: "day",
      name: "",
      slice: String(FIRST_DAY + day),
      n: perDay,
    })),
    ...Array.from({ length: size.dimensions * size.values }, (_, at) => ({
      kind: "dimension",
      name: `attribute_${Math.floor(at / size.values)}`,
      slice: `value_${at % size.values}`,
      n: Math.round(total / size.values),
    })),
  ] as const;
  return plan.variants.flatMap(({ id: variant_id }) =>
    slices.flatMap(({ kind, name, slice, n }) => {
      const about = { experiment_id: "e0", phase: 1, variant_id, kind: kind as SumsCell["kind"], name, slice };
      const units = n + Math.round((random() - 0.5) * Math.sqrt(n));
      return [
        { ...about, metric_id: "", n: units, sums: {} },
        ...plan.metrics.map(({ id, type }) => {
          const withEvent = Math.round(units * (0.2 + random() / 100));
          return {
            ...about,
            metric_id: id,
            n: withEvent,
            sums:
              type === "conversion"
                ? conversions(withEvent)
                : sumsOf(withEvent, random, type === "ratio" || type === "mean" ? RATIO : PLAIN),
          };
        }),
      ];
    }),
  );
};
