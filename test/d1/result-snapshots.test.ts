import { describe, expect, it } from "vitest";
import { Results } from "../../contract/results.ts";
import { fitting } from "../../d1/result-snapshots.ts";
import { aMetric, aPlan, aVariant, cellsOf, CONTROL, resultsAfter, TREATMENT } from "../analytics/an-analysis.ts";

const ROW = 2_000_000;
const sizeOf = (results: Results): number => new TextEncoder().encode(JSON.stringify(results)).length;

describe("the results that are kept", () => {
  it("are all of them where they fit", () => {
    const plan = aPlan({ method: "anytime", variants: [CONTROL, TREATMENT] });
    const results = resultsAfter(14, plan, [...cellsOf("v0", 1000, { m0: 100 }), ...cellsOf("v1", 1000, { m0: 110 })]);
    expect(fitting(results)).toBe(results);
  });

  it("fit in a row for as many variants and metrics as there may be, with the verdict and what has to be remembered", () => {
    const variants = Array.from({ length: 64 }, (_, index) =>
      aVariant({ id: `v${index}`, key: `variant-${index}`, name: `Variant ${index}`, is_control: index === 0 }),
    );
    const metrics = Array.from({ length: 60 }, (_, index) =>
      aMetric({
        id: `m${index}`,
        key: `metric-${index}`,
        name: `Metric ${index}`,
        role: index === 0 ? "primary" : index < 30 ? "secondary" : "guardrail",
        limit: index < 30 ? null : 0.02,
      }),
    );
    const plan = aPlan({ method: "anytime", variants, metrics });
    const events = Object.fromEntries(metrics.map(({ id }, index) => [id, 100 + index]));
    const results = resultsAfter(
      14,
      plan,
      variants.flatMap(({ id }) => cellsOf(id, 1000, events)),
    );
    expect(sizeOf(results)).toBeGreaterThan(ROW);
    const kept = fitting(results);
    expect(sizeOf(kept)).toBeLessThan(ROW);
    expect(Results.safeParse(kept).error).toBeUndefined();
    expect([kept.verdict, kept.sequence]).toEqual([results.verdict, results.sequence]);
    expect(kept.metrics.map(({ role }) => role)).toContain("primary");
  });
});
