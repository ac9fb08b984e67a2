import { describe, expect, it } from "vitest";
import { NewMetric } from "../../contract/metric.ts";
import { bodyOf, emptyMetric, type MetricDraft } from "../../ui/metrics/metric-draft.ts";
import { SIMPLE_TYPES, sourceWords } from "../../ui/metrics/type-words.ts";

const filled = (change: Partial<MetricDraft> = {}): MetricDraft => ({
  ...emptyMetric(),
  name: "Price",
  event: "purchase",
  value: "price",
  cap: "500",
  window_hours: "24",
  ...change,
});

describe("the form of a metric", () => {
  it.each(SIMPLE_TYPES)("sends what the API takes of a %s metric, whatever was typed for another type", (type) => {
    expect(NewMetric.safeParse(bodyOf(filled({ type }))).error).toBeUndefined();
  });

  it("sends numbers as numbers, and what is none as none", () => {
    expect(bodyOf(filled({ type: "sum" }))).toMatchObject({ value: "price", cap: 500, window_hours: 24 });
    const body = JSON.stringify(bodyOf(filled({ type: "retention", first_day: "", last_day: "x" })));
    expect(JSON.parse(body)).toMatchObject({ retention_days: [null, null] });
    const issues = NewMetric.safeParse(JSON.parse(body)).error?.issues.map(({ path }) => path.join("."));
    expect(issues).toEqual(["retention_days.0", "retention_days.1"]);
  });
});

describe("where a metric's number comes from", () => {
  it.each<[string, Parameters<typeof sourceWords>[0]]>([
    ["purchase", { type: "conversion", event: "purchase" }],
    ["purchase · value", { type: "sum", event: "purchase" }],
    ["visit, days 1–7", { type: "retention", event: "visit", retention_days: [1, 7] }],
    [
      "order · price where kind in book,7 / order where bot not_exists",
      {
        type: "ratio",
        numerator: {
          event: "order",
          value: "price",
          filters: [{ property: "kind", operator: "in", value: ["book", 7] }],
        },
        denominator: { event: "order", filters: [{ property: "bot", operator: "not_exists" }] },
      },
    ],
  ])("is %s", (words, metric) => {
    expect(sourceWords(metric)).toBe(words);
  });
});
