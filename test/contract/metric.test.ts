import { describe, expect, it } from "vitest";
import { NewMetric } from "../../contract/metric.ts";

const issuesOf = (metric: object): [path: string, message: string][] =>
  NewMetric.safeParse({ name: "x", ...metric }).error?.issues.map(({ path, message }) => [path.join("."), message]) ??
  [];
const pathsOf = (metric: object): string[] => issuesOf(metric).map(([path]) => path);

const sides = { numerator: { event: "a" }, denominator: { event: "b" } };

describe("a new metric", () => {
  it.each([
    { type: "conversion", event: "a", window_hours: 24 },
    { type: "count", event: "a", cap: 3, cap_percentile: 0.5 },
    { type: "sum", event: "a", value: "price", cap_percentile: 0.999 },
    { type: "mean", event: "a", value: "value" },
    { type: "quantile", event: "a", value: "ms", quantile: 0.99, cap: 60_000 },
    { type: "retention", event: "a", retention_days: [1, 7] },
    { type: "retention", event: "a", retention_days: [0, 0] },
    { type: "time_to_event", event: "a", window_hours: 24 },
    { type: "ratio", ...sides, cap: 5 },
    {
      type: "ratio",
      numerator: { event: "a", value: "price", filters: [{ property: "kind", operator: "eq", value: "book" }] },
      denominator: { event: "b", filters: [{ property: "bot", operator: "not_exists" }] },
    },
    {
      type: "count",
      event: "a",
      filters: [
        { property: "kind", operator: "in", value: ["book", 1, true] },
        { property: "value", operator: "gte", value: 10 },
        { property: "kind", operator: "neq", value: false },
      ],
    },
  ])("may say %j", (metric) => {
    expect(issuesOf(metric)).toEqual([]);
  });

  it.each([
    [["event"], { type: "time_to_event" }],
    [["numerator", "denominator"], { type: "ratio" }],
    [["quantile"], { type: "quantile", event: "a" }],
    [["quantile"], { type: "quantile", event: "a", quantile: 1 }],
    [["retention_days"], { type: "retention", event: "a" }],
    [["retention_days.1"], { type: "retention", event: "a", retention_days: [7, 1] }],
    [["retention_days.1"], { type: "retention", event: "a", retention_days: [1, 365] }],
    [["retention_days"], { type: "retention", event: "a", retention_days: [1] }],
    [["cap_percentile"], { type: "sum", event: "a", cap_percentile: 0.49 }],
    [["cap_percentile"], { type: "sum", event: "a", cap_percentile: 1 }],
    [["filters.0.value"], { type: "sum", event: "a", filters: [{ property: "p", operator: "lt", value: "1" }] }],
    [["filters.0.value"], { type: "sum", event: "a", filters: [{ property: "p", operator: "in", value: [] }] }],
    [["filters.0.operator"], { type: "sum", event: "a", filters: [{ property: "p", operator: "like", value: "a" }] }],
    [
      ["filters"],
      { type: "sum", event: "a", filters: Array.from({ length: 11 }, () => ({ property: "p", operator: "exists" })) },
    ],
  ])("is told that something is wrong with %j: %j", (paths, metric) => {
    expect(pathsOf(metric)).toEqual(paths);
  });

  it.each([
    ["value", { type: "conversion", event: "a", value: "price" }],
    ["value", { type: "retention", event: "a", retention_days: [1, 1], value: "price" }],
    ["quantile", { type: "sum", event: "a", quantile: 0.5 }],
    ["retention_days", { type: "conversion", event: "a", retention_days: [1, 1] }],
    ["window_hours", { type: "retention", event: "a", retention_days: [1, 1], window_hours: 24 }],
    ["cap", { type: "conversion", event: "a", cap: 1 }],
    ["cap_percentile", { type: "quantile", event: "a", quantile: 0.5, cap_percentile: 0.9 }],
    ["event", { type: "ratio", ...sides, event: "a" }],
    ["filters", { type: "ratio", ...sides, filters: [] }],
    ["denominator", { type: "mean", event: "a", denominator: { event: "b" } }],
  ])("is told that its type has no %s", (path, metric) => {
    const [[refused, message] = [], ...others] = issuesOf(metric);
    expect([refused, others]).toEqual([path, []]);
    expect(message).toContain(`A ${metric.type} metric has no ${path}; `);
  });
});
