/**
 * Events a second from HTTP to the sums, and how fresh these are at half that load: all five Workers on the test harness's
 * runtime, in batches of 50, everything through the front door.
 *
 *     node bench/end-to-end.ts
 *
 * The client is on the same machine, and takes its share of it.
 */
import { createMetrics } from "../test/load/workspace.ts";
import { ledgerMistakes } from "../test/load/report.ts";
import { type LoadReport, runLoad, type Target } from "../test/load/run-load.ts";
import type { Workload } from "../test/load/workload.ts";
import { startPlatform } from "../test/platform.ts";
import { cpuMsOfChildren } from "./harness/cpu-of-children.ts";
import { atLeast, atMost, row } from "./harness/goal.ts";

const GOAL = 40_000;
const FRESHNESS_GOAL_S = 3;
const CONNECTIONS = 16;
const EVENTS = 400_000;
/** At the steady load, some 20 s of it. */
const PROBES = 8;

const load = (target: Target, change: Partial<Workload> & { eventsPerSecond?: number; probes?: number }) => {
  const { eventsPerSecond, probes = 0, ...workload } = change;
  return runLoad(target, {
    workload: {
      events: EVENTS,
      users: EVENTS / 50,
      experiments: 3,
      duplicates: 0,
      batch: 50,
      order: "user",
      seed: 1,
      now: Date.now(),
      ...workload,
    },
    connections: CONNECTIONS,
    ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
    probes,
    onStage: () => () => undefined,
  });
};

const perSecond = ({ load: { events }, seconds }: LoadReport): number => events / seconds;

const isExact = (report: LoadReport): boolean =>
  ledgerMistakes(report).length === 0 && report.comparison.differences.length === 0;

const platform = await startPlatform();
try {
  const { admin, url } = platform;
  const target: Target = { url, admin, key: platform.serverKey, environment: "production" };
  await createMetrics(admin);
  await load(target, { events: 40_000, users: 800, seed: 0 });

  console.log(row("end to end, batches of 50", "events/s", "CPU µs/event", "p99 ms", "exact"));
  const cases = [
    ["a user a batch, 50 events each", {}],
    ["shuffled, 100,000 users", { order: "shuffled", users: 100_000, seed: 2 }],
  ] as const;
  let most = 0;
  for (const [title, change] of cases) {
    const before = cpuMsOfChildren();
    const report = await load(target, change);
    const cpuUs = ((cpuMsOfChildren() - before) * 1_000) / report.load.events;
    console.log(
      row(
        title,
        perSecond(report).toFixed(0),
        cpuUs.toFixed(1),
        report.sent.p99Ms.toFixed(0),
        isExact(report) ? "yes" : "NO",
      ),
    );
    if (change === cases[0][1]) {
      most = perSecond(report);
      console.log(row("", atLeast(GOAL, most, 0)));
    }
  }

  const eventsPerSecond = Math.round(most / 2);
  const steady = await load(target, {
    seed: 3,
    events: eventsPerSecond * 20,
    users: (eventsPerSecond * 20) / 50,
    eventsPerSecond,
    probes: PROBES,
  });
  const { p50Ms, p99Ms, probes } = steady.freshness ?? { p50Ms: Number.NaN, p99Ms: Number.NaN, probes: 0 };
  console.log(row(`\nfreshness at ${eventsPerSecond} events/s`, "p50 s", "p99 s", "probes", "exact"));
  console.log(row("", (p50Ms / 1_000).toFixed(2), (p99Ms / 1_000).toFixed(2), probes, isExact(steady) ? "yes" : "NO"));
  console.log(row("", atMost(FRESHNESS_GOAL_S, p99Ms / 1_000, { digits: 2, unit: "s" })));
} finally {
  await platform.close();
}
