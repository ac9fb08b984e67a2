/**
 * Events a second from HTTP to the sums, and how fresh these are at half that load: all five Workers on the test harness's
 * runtime, in batches of 50.
 *
 *     node bench/end-to-end.ts
 *
 * The client is on the same machine, and takes its share of it.
 */
import type { CreatedApiKey } from "../contract/api-key.ts";
import { ledgerMistakes } from "../test/load/report.ts";
import { type LoadReport, runLoad, type Target } from "../test/load/run-load.ts";
import type { Workload } from "../test/load/workload.ts";
import { startPlatform } from "../test/platform.ts";
import { cpuMsOfChildren } from "./harness/cpu-of-children.ts";
import { atLeast, atMost, row } from "./harness/goal.ts";
import { runtimeUrl } from "./harness/runtime-url.ts";

// The local runtime would keep a trace of every request, which costs more than answering it.
process.env.X_LOCAL_OBSERVABILITY = "false";

const GOAL = 40_000;
const FRESHNESS_GOAL_S = 3;
const CONNECTIONS = 16;
const EVENTS = 400_000;
/** For freshness. */
const STEADY_S = 20;
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

/** `yes`, or what is wrong first. */
const exactness = (report: LoadReport): string =>
  [...ledgerMistakes(report), ...report.comparison.differences][0] ?? "yes";

const platform = await startPlatform();
try {
  const { admin } = platform;
  const url = await runtimeUrl(platform.harness, "edgeworth");
  let environments = 0;
  /** An environment of its own, so that no case counts the experiments of the others. */
  const targetOf = async (shards: number, door: "ingest" | "front"): Promise<Target> => {
    const environment = `bench-${environments++}`;
    await admin.post("/environments", { key: environment, shards });
    const { key } = await admin.post<CreatedApiKey>("/api-keys", { name: environment, type: "server", environment });
    const target = { url, admin, key, environment };
    // As when ingest has a route of its own.
    return door === "ingest" ? { ...target, headers: { "mf-route-override": "edgeworth-ingest" } } : target;
  };
  const measure = async (title: string, target: Target, change: Partial<Workload>): Promise<number> => {
    const before = cpuMsOfChildren();
    const report = await load(target, change);
    const cpuUs = ((cpuMsOfChildren() - before) * 1_000) / report.load.events;
    const answers = report.sent.p99Ms.toFixed(0);
    console.log(row(title, perSecond(report).toFixed(0), cpuUs.toFixed(1), answers, exactness(report)));
    return perSecond(report);
  };

  await load(await targetOf(1, "ingest"), { events: 100_000, users: 2_000, seed: 0 });
  console.log(row("HTTP to sums, batches of 50", "events/s", "CPU µs/event", "p99 ms", "exact"));
  const most = await measure("a user a batch, one shard", await targetOf(1, "ingest"), { seed: 1 });
  console.log(row("", atLeast(GOAL, most, 0)));
  await measure("… eight shards", await targetOf(8, "ingest"), { seed: 2 });
  await measure("… through the front", await targetOf(1, "front"), { seed: 3 });
  const mixed = { order: "shuffled", users: EVENTS / 10, seed: 4 } as const;
  await measure("50 users a batch, one shard", await targetOf(1, "ingest"), mixed);

  const eventsPerSecond = Math.round(most / 2);
  const events = eventsPerSecond * STEADY_S;
  const steady = await load(await targetOf(1, "ingest"), {
    events,
    users: Math.round(events / 50),
    eventsPerSecond,
    probes: PROBES,
    seed: 5,
  });
  const { p50Ms, p99Ms, probes } = steady.freshness ?? { p50Ms: Number.NaN, p99Ms: Number.NaN, probes: 0 };
  console.log(row(`\nfreshness at ${eventsPerSecond} events/s`, "p50 s", "p99 s", "probes", "exact"));
  console.log(row("", (p50Ms / 1_000).toFixed(2), (p99Ms / 1_000).toFixed(2), probes, exactness(steady)));
  console.log(row("", atMost(FRESHNESS_GOAL_S, p99Ms / 1_000, { digits: 2, unit: "s" })));
} finally {
  await platform.close();
}
