/**
 * The platform's prices on its paid plan in US dollars, each with what a month includes; read in November 2026 from
 * developers.cloudflare.com/<product>/platform/pricing.
 */
export const PRICES = {
  request: { title: "Requests", perMillion: 0.3, included: 10e6 },
  cpu_ms: { title: "CPU, ms", perMillion: 0.02, included: 30e6 },
  /** One for each 64 KB written, read or deleted: 3 a message. */
  queue_operation: { title: "Queue operations", perMillion: 0.4, included: 1e6 },
  object_request: { title: "Calls of shards", perMillion: 0.15, included: 1e6 },
  /** A Durable Object has 128 MB while it works. */
  object_gb_s: { title: "Time of shards, GB-s", perMillion: 12.5, included: 400_000 },
  row_written: { title: "Rows written", perMillion: 1, included: 50e6 },
  row_read: { title: "Rows read", perMillion: 0.001, included: 25e9 },
  archive_write: { title: "Archive files", perMillion: 4.5, included: 1e6 },
  /** Each month that it is kept. */
  archive_mb_month: { title: "Archive, MB a month", perMillion: 15, included: 10_000 },
  object_mb_month: { title: "Shards' disks, MB a month", perMillion: 200, included: 5_000 },
  /** Of invocations, if all are kept: `head_sampling_rate` keeps fewer. */
  log_line: { title: "Logs, if all are kept", perMillion: 0.6, included: 20e6 },
} as const;
export type Item = keyof typeof PRICES;

/** Of the plan, in a month. */
export const PLAN = 5;

/** What others publish, with where it was read. */
export const PEERS = [
  {
    name: "Statsig",
    perMillion: 50,
    words: "$0.05 for 1,000 events beyond the 5 M that the Pro plan has ($150 a month)",
    source: "statsig.com/pricing, as read on 2026-09-17 by github.com/api-evangelist/statsig",
  },
  {
    name: "PostHog",
    perMillion: 50,
    words: "$0.00005 an event from 1 M to 2 M, falling to $0.000009 beyond 250 M; flag requests apart",
    source: "posthog.com/pricing, as read on 2026-05-04 by github.com/api-evangelist/posthog",
  },
  {
    name: "GrowthBook Cloud",
    perMillion: undefined,
    words: "$40 a seat and month; events are in a warehouse of one's own, or in theirs, 1 M a month of it free",
    source:
      "github.com/PostHog/posthog.com/pull/15558 (2026-03-09) and github.com/growthbook/growthbook/pull/4454 (2025-08-22)",
  },
] as const;
