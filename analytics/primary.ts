import type { MetricRole } from "../contract/metric.ts";

/** The metric that the experiment is decided by; undefined where none was chosen. */
export const primaryOf = <Metric extends { readonly role: MetricRole }>({
  metrics,
}: {
  readonly metrics: readonly Metric[];
}): Metric | undefined => metrics.find(({ role }) => role === "primary");
