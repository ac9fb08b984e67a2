import { describe, expect, it } from "vitest";
import type { Metric, MetricType } from "../../../contract/metric.ts";
import type { SumsCell } from "../../../contract/sums.ts";
import { liveCounts } from "../../../workers/admin/live-counts.ts";

const aMetric = (key: string, type: MetricType = "conversion"): Metric => ({
  id: `met_${key}`,
  key,
  name: key,
  type,
  event: key,
  direction: "increase",
  created_at: "2026-01-01T00:00:00.000Z",
});
const variants = ["control", "treatment"].map((key) => ({
  id: `var_${key}`,
  key,
  name: key,
  weight_bp: 5_000,
  config: null,
  levels: null,
  is_control: key === "control",
}));
const experiment = {
  id: "exp",
  variants,
  primary_metric: "bought",
  secondary_metrics: ["basket"],
  guardrail_metrics: [],
};
const metrics = [aMetric("basket", "mean"), aMetric("bought"), aMetric("of_another")];

const aCell = (change: Partial<SumsCell> = {}): SumsCell => ({
  experiment_id: "exp",
  phase: 2,
  variant_id: "var_control",
  metric_id: "",
  kind: "day",
  name: "",
  slice: "20000",
  n: 10,
  sums: {},
  ...change,
});

const of = (metric_id: string, n: number, sums: SumsCell["sums"]): SumsCell => aCell({ metric_id, n, sums });

const counts = (...cells: SumsCell[]) => liveCounts(experiment, metrics, new Set([2, 3]), cells);

describe("live counts", () => {
  it("add up days, shards and the phases that count, and nothing else", () => {
    const { variants: counted } = counts(
      aCell(),
      aCell(),
      aCell({ slice: "20001", n: 1 }),
      aCell({ phase: 3, n: 2 }),
      aCell({ phase: 1, n: 100 }),
      aCell({ experiment_id: "another", n: 100 }),
      aCell({ kind: "dimension", name: "country", slice: "NO", n: 100 }),
      aCell({ variant_id: "var_treatment", n: 7 }),
    );
    expect(counted).toEqual([
      { key: "control", name: "control", is_control: true, exposures: 23 },
      { key: "treatment", name: "treatment", is_control: false, exposures: 7 },
    ]);
  });

  it("have units of two variants apart", () => {
    expect(counts(aCell({ variant_id: "", n: 3 }), aCell())).toMatchObject({
      crossovers: 3,
      variants: [{ exposures: 10 }, { exposures: 0 }],
    });
  });

  it("have the experiment's metrics by role, in their own units, with what a mean is divided by", () => {
    const { metrics: counted } = counts(
      of("met_bought", 4, { y: "4000000", yy: "4000000000000" }),
      of("met_basket", 2, { y: "12500000", d: "3000000" }),
      of("met_basket", 1, { y: "-500000", d: "1000000" }),
      of("met_of_another", 9, { y: "1" }),
    );
    expect(counted).toEqual([
      {
        key: "bought",
        name: "bought",
        role: "primary",
        type: "conversion",
        variants: [
          { key: "control", n: 4, sum: 4, denominator: null },
          { key: "treatment", n: 0, sum: 0, denominator: null },
        ],
      },
      {
        key: "basket",
        name: "basket",
        role: "secondary",
        type: "mean",
        variants: [
          { key: "control", n: 3, sum: 12, denominator: 4 },
          { key: "treatment", n: 0, sum: 0, denominator: 0 },
        ],
      },
    ]);
  });
});
