import { analyse } from "../../analytics/analyse.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import { DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import type { Results } from "../../contract/results.ts";
import type { Sequence } from "../../contract/sequence.ts";
import type { SumsCell } from "../../contract/sums.ts";

export const DAY_MS = 86_400_000;
/** 2026-03-02, a Monday, in days since 1970. */
export const FIRST_DAY = 20_514;

type PlanVariant = AnalysisPlan["variants"][number];
type PlanMetric = AnalysisPlan["metrics"][number];

export const aVariant = (change: Partial<PlanVariant> = {}): PlanVariant => ({
  id: "v0",
  key: "control",
  name: "Control",
  weight_bp: 5000,
  is_control: false,
  levels: null,
  ...change,
});

export const CONTROL = aVariant({ is_control: true });
export const TREATMENT = aVariant({ id: "v1", key: "treatment", name: "B" });

export const aMetric = (change: Partial<PlanMetric> = {}): PlanMetric => ({
  id: "m0",
  key: "purchase",
  name: "Purchase",
  role: "primary",
  type: "conversion",
  direction: "increase",
  quantile: null,
  cap_percentile: null,
  limit: null,
  ...change,
});

/** Two weeks, 50/50, one conversion metric, read at its end, started at the beginning of {@link FIRST_DAY}. */
export const aPlan = (change: Partial<AnalysisPlan> = {}): AnalysisPlan => ({
  ...DEFAULT_ANALYSIS,
  method: "fixed_horizon",
  experiment_id: "e0",
  design: "parallel",
  power: 0.8,
  phases: [{ number: 1, started_at: FIRST_DAY * DAY_MS }],
  factors: null,
  dimensions: 0,
  watched: [],
  experiment_key: "checkout",
  environment: "production",
  generation: 1,
  status: "running",
  significance_level: 0.05,
  min_detectable_effect: 0.05,
  estimated_duration_days: 14,
  started_at: FIRST_DAY * DAY_MS,
  ended_at: null,
  ends_at: null,
  variants: [CONTROL, TREATMENT],
  metrics: [aMetric()],
  ...change,
});

/** The end of {@link aPlan} by hand, so many days after its start. */
export const endedAfter = (
  days: number,
  status: "completed" | "archived" = "completed",
): Pick<AnalysisPlan, "status" | "ended_at"> => ({ status, ended_at: (FIRST_DAY + days) * DAY_MS });

export const aCell = (change: Partial<SumsCell>): SumsCell => ({
  experiment_id: "e0",
  phase: 1,
  variant_id: "v0",
  metric_id: "",
  kind: "day",
  name: "",
  slice: String(FIRST_DAY),
  n: 0,
  sums: {},
  ...change,
});

/** The cells of one variant: exposed units, and for each metric the units with an event, each worth `value`. */
export const cellsOf = (
  variant_id: string,
  units: number,
  metrics: Readonly<Record<string, number | { readonly n: number; readonly value: number }>> = {},
  day = FIRST_DAY + 13,
): SumsCell[] => [
  aCell({ variant_id, n: units, slice: String(day) }),
  ...Object.entries(metrics).map(([metric_id, its]) => {
    const { n, value } = typeof its === "number" ? { n: its, value: 1 } : its;
    const millionths = BigInt(Math.round(value * 1e6));
    return aCell({
      variant_id,
      metric_id,
      slice: String(day),
      n,
      sums: { y: String(millionths * BigInt(n)), yy: String(millionths * millionths * BigInt(n)) },
    });
  }),
];

/** The results `daysAfterStart` days after the planned start. */
export const resultsAfter = (
  daysAfterStart: number,
  plan: AnalysisPlan,
  cells: readonly SumsCell[],
  previous: Sequence | null = null,
): Results => {
  const ms = (FIRST_DAY + daysAfterStart) * DAY_MS;
  return analyse(plan, cells, { ms, iso: new Date(ms).toISOString() }, previous);
};

/** What one exposed unit is worth, in units of 1; one without an event counts only by what it did before. */
export interface AUnit {
  readonly y: number;
  readonly d?: number;
  readonly x?: number;
  readonly e?: number;
  readonly hasEvent?: boolean;
}

const NAMES = ["y", "d", "x", "e", "yy", "yd", "yx", "ye", "dd", "dx", "de", "xx", "xe", "ee"] as const;

/** The cells that counting would make of units that are told one by one: of exposed units and of one metric. */
export const cellsOfUnits = (
  variant_id: string,
  metric_id: string,
  units: readonly AUnit[],
  change: Partial<SumsCell> = {},
): SumsCell[] => {
  const totals = new Map<string, bigint>();
  for (const unit of units) {
    const value = (name: string): bigint => BigInt(Math.round((unit[name as "y"] ?? 0) * 1e6));
    for (const name of NAMES) {
      const product = name.split("").reduce((sum, letter) => sum * value(letter), 1n);
      totals.set(name, (totals.get(name) ?? 0n) + product);
    }
  }
  const sums = Object.fromEntries(
    [...totals].filter(([, sum]) => sum !== 0n).map(([name, sum]) => [name, String(sum)]),
  );
  return [
    aCell({ variant_id, n: units.length, ...change }),
    aCell({ variant_id, metric_id, n: units.filter(({ hasEvent = true }) => hasEvent).length, sums, ...change }),
  ];
};
