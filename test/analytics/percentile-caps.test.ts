import { describe, expect, it } from "vitest";
import { aCell, aMetric, aPlan, cellsOf, resultsAfter } from "./an-analysis.ts";

const revenue = aMetric({ key: "revenue", name: "Revenue", type: "sum", cap_percentile: 0.95 });

describe("a metric that is capped at a percentile of all units", () => {
  const cells = [
    ...cellsOf("v0", 1000, { m0: { n: 300, value: 20 } }),
    ...cellsOf("v1", 1000, { m0: { n: 400, value: 20 } }),
    ...["v0", "v1"].flatMap((variant_id) => [
      aCell({ variant_id, kind: "dimension", name: "plan", slice: "free", n: 1000 }),
      aCell({
        variant_id,
        metric_id: "m0",
        kind: "dimension",
        name: "plan",
        slice: "free",
        n: 300,
        sums: { y: "6000000000", yy: "120000000000000000" },
      }),
    ]),
  ];
  const results = resultsAfter(14, aPlan({ metrics: [revenue] }), cells);

  it("is compared as a whole", () => {
    expect(results.metrics[0]?.comparisons[0]?.reading).toBe("better");
  });

  it("has no parts: nobody knows what the cap takes from a day's units, or from a country's", () => {
    expect(results.daily.every(({ primary }) => primary.length === 0)).toBe(true);
    expect(results.trend).toEqual([]);
    expect(results.segments.flatMap(({ values }) => values.flatMap(({ comparisons }) => comparisons))).toEqual([]);
  });
});
