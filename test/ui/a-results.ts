import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import type { Estimate } from "../../contract/estimate.ts";
import type {
  Comparison,
  Health,
  MetricResult,
  MetricVariant,
  Posterior,
  Results,
  Segments,
  Trend,
} from "../../contract/results.ts";
import type { Look } from "../../contract/sequence.ts";

/** No number, for want of data. */
export const NOTHING: Estimate = {
  difference: null,
  standard_error: null,
  ci_low: null,
  ci_high: null,
  lift: null,
  lift_ci_low: null,
  lift_ci_high: null,
  p_value: null,
  log10_p_value: null,
  undefined_reason: "no_data",
  lift_undefined_reason: "no_data",
};

/** A lift with its interval, on a control of 0.091. */
export const anEstimate = (
  [low, lift, high]: readonly [number, number, number] = [0.018, 0.072, 0.127],
  p_value = 0.004,
): Estimate => ({
  difference: lift * 0.091,
  standard_error: 0.0025,
  ci_low: low * 0.091,
  ci_high: high * 0.091,
  lift,
  lift_ci_low: low,
  lift_ci_high: high,
  p_value,
  log10_p_value: Math.log10(p_value),
  undefined_reason: null,
  lift_undefined_reason: null,
});

export const aPosterior = (change: Partial<Posterior> = {}): Posterior => ({
  lift_mean: 0.069,
  lift_sd: 0.02,
  lift_ci_low: 0.029,
  lift_ci_high: 0.109,
  chance_to_win: 0.9997,
  expected_loss: 0.00002,
  expected_loss_control: 0.069,
  chance_no_effect: 0.01,
  ...change,
});

export const aComparison = (change: Partial<Comparison> = {}): Comparison => ({
  key: "short",
  ...anEstimate(),
  reading: "better",
  adjusted_p_value: null,
  adjusted_lift_ci_low: null,
  adjusted_lift_ci_high: null,
  cuped: null,
  views: {
    anytime: anEstimate(),
    fixed_horizon: anEstimate([0.034, 0.072, 0.111], 0.0002),
    bayesian: aPosterior(),
  },
  ...change,
});

export const aLookComparison = (change: Partial<Look["comparisons"][number]> = {}): Look["comparisons"][number] => ({
  ...anEstimate(),
  metric_key: "checkout",
  key: "short",
  z: 2.9,
  rejected: false,
  adjusted_lift_ci_low: null,
  adjusted_lift_ci_high: null,
  ...change,
});

export const aMetricVariant = (key: string, mean: number, n = 1000): MetricVariant => ({
  key,
  n,
  sum: Math.round(mean * n),
  denominator: null,
  mean,
  standard_error: null,
});

export const aMetricResult = (change: Partial<MetricResult> = {}): MetricResult => ({
  key: "checkout",
  name: "Checkout completed",
  role: "primary",
  type: "conversion",
  direction: "increase",
  limit: null,
  variants: [aMetricVariant("short", 0.097), aMetricVariant("control", 0.091)],
  comparisons: [aComparison()],
  ...change,
});

export const aHealth = (change: Partial<Health> = {}): Health => ({
  srm: {
    chi_squared: 0.1,
    degrees_of_freedom: 1,
    p_value: 0.75,
    sequential_p_value: 0.78,
    ok: true,
    phases: [],
    culprits: [],
  },
  crossovers: { units: 3, share: 0.001, ok: true },
  data: { first_day: "2026-11-02", last_day: "2026-11-20", stale: false },
  pre_period: [],
  interference: null,
  ...change,
});

export const AS_OF = "2026-11-21T12:00:00.000Z";

/** An always-valid experiment of a control and a treatment that is ready to ship, on day 18 of 21. */
export const aResults = (change: Partial<Results> = {}): Results => ({
  experiment_key: "button_copy",
  environment: "production",
  as_of: AS_OF,
  significance_level: 0.05,
  design: "parallel",
  plan: DEFAULT_ANALYSIS,
  health: aHealth(),
  verdict: {
    code: "ship",
    variant_key: "short",
    title: "Ready to ship “Short copy”",
    detail: "Checkout completed with “Short copy”: +7.2\u00A0% (95\u00A0% interval +1.8\u00A0% to +12.7\u00A0%).",
    reasons: [],
    rule: "A variant is shipped as soon as its always-valid 95 % interval is above 0, after 7 days at the earliest.",
    next_step: "Give the variant to everyone.",
  },
  progress: {
    day: 18,
    planned_days: 21,
    days_left: 3,
    units: 2000,
    units_needed: 2400,
    detectable_lift: 0.041,
    days_to_needed: [3, 5],
  },
  variants: [
    { key: "short", name: "Short copy", is_control: false, expected_share: 0.5, exposures: 1000 },
    { key: "control", name: "Control", is_control: true, expected_share: 0.5, exposures: 1000 },
  ],
  metrics: [aMetricResult()],
  daily: [],
  trend: [],
  segments: [],
  interactions: [],
  designs: { factorial: null, cluster: null, switchback: null, interleaving: null },
  sequence: { identity: "", generation: 1, srm_p_value: null, running: [], looks: [] },
  ...change,
});

export const aSegment = (change: Partial<Segments["values"][number]> = {}): Segments["values"][number] => ({
  value: "US",
  units: 900,
  withheld: false,
  variants: [aMetricVariant("short", 0.102, 450), aMetricVariant("control", 0.092, 450)],
  comparisons: [{ ...anEstimate([-0.01, 0.108, 0.226], 0.07), key: "short", adjusted_p_value: 0.14 }],
  ...change,
});

export const aSegmentsResult = (change: Partial<Segments> = {}): Segments => ({
  dimension: "country",
  metric_key: "checkout",
  values: [
    aSegment(),
    aSegment({
      value: "CA",
      units: 600,
      comparisons: [{ ...anEstimate([-0.16, -0.03, 0.1], 0.61), key: "short", adjusted_p_value: 0.61 }],
    }),
    aSegment({ value: null, units: 60, withheld: true, comparisons: [] }),
  ],
  heterogeneity: [
    {
      key: "short",
      cochran_q: 4.2,
      degrees_of_freedom: 1,
      p_value: 0.04,
      adjusted_p_value: 0.04,
      i_squared: 0.76,
      reversal: false,
    },
  ],
  ...change,
});

export const aTrend = (change: Partial<Trend> = {}): Trend => ({
  key: "short",
  classification: "novelty",
  slope_per_day: -0.001,
  slope_p_value: 0.003,
  early_effect: 0.012,
  late_effect: 0.0031,
  late_minus_early_p_value: 0.004,
  by_day: [],
  by_age: [0, 1, 2, 3, 4, 5, 6].map((days) => ({
    days,
    effect: 0.012 - days * 0.0014,
    standard_error: 0.002 + days * 0.0002,
  })),
  ...change,
});

const means = (control: number, short: number, price: number): MetricVariant[] => [
  aMetricVariant("control", control, 18_000),
  aMetricVariant("short", short, 18_100),
  aMetricVariant("price", price, 17_900),
];

/** The same with everything on it that a page can show: two treatments, all kinds of metrics, and something of each design. */
export const fullResults = (): Results => {
  const other = aComparison({
    key: "price",
    ...anEstimate([-0.044, 0.01, 0.064], 0.71),
    reading: "unclear",
    adjusted_p_value: 0.71,
    views: {
      anytime: anEstimate([-0.044, 0.01, 0.064], 0.71),
      fixed_horizon: anEstimate([-0.03, 0.01, 0.05], 0.62),
      bayesian: aPosterior({
        lift_mean: 0.009,
        lift_ci_low: -0.03,
        lift_ci_high: 0.048,
        chance_to_win: 0.68,
        expected_loss: 0.004,
        expected_loss_control: 0.013,
      }),
    },
  });
  const comparisons = (
    short: readonly [number, number, number],
    price: readonly [number, number, number],
    readings: readonly [Comparison["reading"], Comparison["reading"]] = ["unclear", "unclear"],
  ): Comparison[] => [
    aComparison({
      ...anEstimate(short, 0.2),
      reading: readings[0],
      views: { ...other.views, anytime: anEstimate(short) },
    }),
    { ...other, ...anEstimate(price, 0.4), adjusted_p_value: null, reading: readings[1] },
  ];
  const checkout = aMetricResult({
    variants: means(0.0912, 0.0978, 0.0921),
    comparisons: [
      aComparison({
        adjusted_p_value: 0.008,
        adjusted_lift_ci_low: 0.012,
        adjusted_lift_ci_high: 0.133,
        cuped: {
          theta: 0.4,
          variance_reduction: 0.23,
          unadjusted: anEstimate([-0.001, 0.068, 0.137], 0.051),
        },
      }),
      {
        ...other,
        cuped: { theta: 0.4, variance_reduction: 0.21, unadjusted: anEstimate([-0.06, 0.012, 0.084], 0.74) },
      },
    ],
  });
  return aResults({
    health: aHealth({
      srm: {
        ...aHealth().srm,
        degrees_of_freedom: 2,
        phases: [
          { phase: 2, chi_squared: 0.4, degrees_of_freedom: 2, p_value: 0.82 },
          { phase: 3, chi_squared: 1.1, degrees_of_freedom: 2, p_value: 0.58 },
        ],
        culprits: [{ dimension: "browser", value: "Opera Mini", units: 1_204, p_value: 0.0004 }],
      },
      pre_period: [
        { metric_key: "checkout", variant_key: "short", p_value: 0.64, ok: true },
        { metric_key: "revenue", variant_key: "short", p_value: 0.34, ok: true },
      ],
      interference: { slope: -0.002, p_value: 0.41, ok: true },
    }),
    verdict: {
      ...aResults().verdict,
      reasons: [
        "“Price in button” is not clear yet: Checkout completed between −4.4\u00A0% and +6.4\u00A0%.",
        "Refund rate with “Price in button” is worse than its limit.",
      ],
    },
    progress: {
      day: 18,
      planned_days: 21,
      days_left: 3,
      units: 54_000,
      units_needed: 60_000,
      detectable_lift: 0.041,
      days_to_needed: [3, 5],
    },
    variants: [
      { key: "control", name: "Control", is_control: true, expected_share: 0.3334, exposures: 18_000 },
      { key: "short", name: "Short copy", is_control: false, expected_share: 0.3333, exposures: 18_100 },
      { key: "price", name: "Price in button", is_control: false, expected_share: 0.3333, exposures: 17_900 },
    ],
    metrics: [
      checkout,
      aMetricResult({
        key: "revenue",
        name: "Revenue per user",
        role: "secondary",
        type: "sum",
        variants: means(4.31, 4.52, 4.24),
        comparisons: comparisons([-0.012, 0.049, 0.11], [-0.077, -0.016, 0.045]),
      }),
      aMetricResult({
        key: "time_to_buy",
        name: "Time until purchase",
        role: "secondary",
        type: "time_to_event",
        direction: "decrease",
        variants: means(4_210, 4_020, 4_300),
        comparisons: comparisons([-0.09, -0.045, 0.001], [-0.03, 0.021, 0.072]),
      }),
      aMetricResult({
        key: "back",
        name: "Came back in the first week",
        role: "secondary",
        type: "retention",
        variants: means(0.312, 0.3165, 0.3098),
        comparisons: comparisons([-0.009, 0.014, 0.038], [-0.031, -0.007, 0.016]),
      }),
      aMetricResult({
        key: "refunds",
        name: "Refund rate",
        role: "guardrail",
        direction: "decrease",
        limit: 0.1,
        variants: means(0.0184, 0.018, 0.0205),
        comparisons: comparisons([-0.105, -0.022, 0.062], [0.113, 0.164, 0.215], ["within_limit", "crossed_limit"]),
      }),
      aMetricResult({
        key: "load",
        name: "p75 page load",
        role: "guardrail",
        type: "quantile",
        direction: "decrease",
        limit: 0.02,
        variants: means(1840, 1846, 1851),
        comparisons: comparisons([-0.005, 0.003, 0.011], [0.002, 0.011, 0.024], ["within_limit", "some_harm"]),
      }),
    ],
    daily: Array.from({ length: 18 }, (_, day) => ({
      day: new Date(Date.parse("2026-11-02") + day * 86_400_000).toISOString().slice(0, 10),
      variants: ["control", "short", "price"].map((key) => ({ key, exposures: 1000 * (day + 1) })),
      primary: [
        { key: "short", lift: 0.072, lift_ci_low: 0.072 - 0.2 / (day + 1), lift_ci_high: 0.072 + 0.2 / (day + 1) },
        { key: "price", lift: 0.01, lift_ci_low: 0.01 - 0.22 / (day + 1), lift_ci_high: 0.01 + 0.22 / (day + 1) },
      ],
    })),
    trend: [aTrend(), aTrend({ key: "price", classification: "stable", late_minus_early_p_value: 0.6 })],
    segments: [
      aSegmentsResult({ heterogeneity: aSegmentsResult().heterogeneity.map((one) => ({ ...one, reversal: true })) }),
    ],
    interactions: [
      {
        experiment_key: "free_shipping",
        jaccard: 0.31,
        units: 16_700,
        assignment_p_value: 0.42,
        contrasts: [
          {
            key: "short",
            other_key: "free",
            contrast: 0.0021,
            ci_low: -0.004,
            ci_high: 0.0082,
            p_value: 0.5,
            adjusted_p_value: 1,
          },
        ],
      },
    ],
    sequence: {
      ...aResults().sequence,
      looks: [
        {
          number: 1,
          at: "2026-11-09T00:00:00.000Z",
          information_fraction: 0.5,
          bound: 2.963,
          alpha_spent: 0.0031,
          comparisons: [aLookComparison({ z: 2.4 })],
        },
      ],
    },
    designs: {
      factorial: [
        { name: "copy", effect: 0.0042, ci_low: 0.001, ci_high: 0.0074, p_value: 0.01, adjusted_p_value: 0.03 },
        {
          name: "copy × price",
          effect: -0.0008,
          ci_low: -0.004,
          ci_high: 0.0024,
          p_value: 0.62,
          adjusted_p_value: 0.62,
        },
      ],
      cluster: { clusters: 140, design_effect: 1.8, fewest_in_a_variant: 44 },
      switchback: { blocks: 96, needed: 40 },
      interleaving: [
        {
          metric_key: "checkout",
          wins_first: 410,
          wins_second: 496,
          ties: 94,
          preference: 0.043,
          ci_low: 0.012,
          ci_high: 0.074,
          p_value: 0.006,
        },
      ],
    },
  });
};
