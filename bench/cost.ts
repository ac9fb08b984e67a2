/**
 * What a million events cost on the platform's price list, from rows, bytes and CPU measured on the test harness's runtime.
 *
 *     node bench/cost.ts
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreatedApiKey } from "../contract/api-key.ts";
import { shardName } from "../durable-objects/shard-name.ts";
import { inRoot } from "../scripts/root.ts";
import { ledgerMistakes } from "../test/load/report.ts";
import { runLoad } from "../test/load/run-load.ts";
import { type Platform, startPlatform } from "../test/platform.ts";
import { billOf, costOf, type Footprint, type Traffic, usageOf } from "./harness/cost-model.ts";
import { cpuMsOfChildren } from "./harness/cpu-of-children.ts";
import { atMost, row } from "./harness/goal.ts";
import { type Item, PEERS, PRICES } from "./harness/prices.ts";
import { runtimeUrl } from "./harness/runtime-url.ts";

// The local runtime would keep a trace of every request, which costs more than answering it.
process.env.X_LOCAL_OBSERVABILITY = "false";

const GOAL_DOLLARS = 0.3;
const GOAL_ROWS = 3;
const EVENTS_PER_BATCH = 20;
const SHARDS = 8;

interface Shard {
  size(): Promise<{ rows_written: Promise<number>; bytes: Promise<number> }>;
}

interface Bindings {
  readonly UNIT_SHARD: { getByName(name: string): Shard };
  readonly ARCHIVE: {
    list(options: { prefix: string; cursor?: string }): Promise<{
      readonly objects: Promise<{ size: number }[]>;
      readonly truncated: Promise<boolean>;
      readonly cursor: Promise<string>;
    }>;
  };
}

interface Measured {
  readonly batches: number;
  readonly rows: number;
  /** Calls of shards, one archive file each. */
  readonly calls: number;
  readonly archiveBytes: number;
  readonly diskBytes: number;
  readonly units: number;
  readonly stateBytes: number;
  readonly cpuMs: number;
  readonly events: number;
}

/** Counts batches of one user each, `messagesAtOnce` in a delivery of the queue at most. */
const measure = async (messagesAtOnce: number, users: number): Promise<Measured> => {
  const folder = await mkdtemp(join(tmpdir(), "edgeworth-cost-"));
  const config = join(folder, "wrangler.toml");
  const text = await readFile(inRoot("workers", "ingest", "wrangler.toml"), "utf8");
  await writeFile(
    config,
    text
      .replace('main = "index.ts"', `main = ${JSON.stringify(inRoot("workers", "ingest", "index.ts"))}`)
      .replace("max_batch_size = 100", `max_batch_size = ${messagesAtOnce}`),
  );
  const platform = await startPlatform({ "edgeworth-ingest": config });
  try {
    return await measureOn(platform, users);
  } finally {
    await platform.close();
    await rm(folder, { recursive: true });
  }
};

const measureOn = async ({ admin, harness }: Platform, users: number): Promise<Measured> => {
  const url = await runtimeUrl(harness, "edgeworth");
  const environment = "cost";
  await admin.post("/environments", { key: environment, shards: SHARDS });
  const { key } = await admin.post<CreatedApiKey>("/api-keys", { name: "Cost", type: "server", environment });
  const cpuBefore = cpuMsOfChildren();
  const report = await runLoad(
    { url, admin, key, environment },
    {
      workload: {
        events: users * EVENTS_PER_BATCH,
        users,
        experiments: 6,
        duplicates: 0,
        batch: EVENTS_PER_BATCH,
        order: "user",
        seed: 1,
        now: Date.now(),
      },
      connections: 16,
      probes: 0,
      onStage: () => () => undefined,
    },
  );
  const cpuMs = cpuMsOfChildren() - cpuBefore;
  const mistakes = [...ledgerMistakes(report), ...report.comparison.differences];
  if (mistakes.length > 0) throw new Error(`The counts are wrong: ${mistakes[0]}`);

  const ingest = harness.getWorker("edgeworth-ingest");
  const { UNIT_SHARD, ARCHIVE } = (await ingest.getEnv()) as unknown as Bindings;
  let [rows, diskBytes, units, stateBytes] = [0, 0, 0, 0];
  for (let shard = 0; shard < SHARDS; shard++) {
    const name = shardName(environment, 1, shard);
    const size = await UNIT_SHARD.getByName(name).size();
    rows += await size.rows_written;
    diskBytes += await size.bytes;
    const sql = await ingest.getDurableObjectStorage("UNIT_SHARD", { name });
    const [row] = await sql.exec(
      "SELECT count(*) AS units, sum(length(unit) + length(state)) AS bytes FROM unit_state",
    );
    units += Number(row?.units);
    stateBytes += Number(row?.bytes);
  }
  let [calls, archiveBytes] = [0, 0];
  for (let cursor: string | undefined; ;) {
    const page = await ARCHIVE.list({ prefix: `events/${environment}/`, ...(cursor === undefined ? {} : { cursor }) });
    for (const { size } of await page.objects) {
      calls++;
      archiveBytes += size;
    }
    if (!(await page.truncated)) break;
    cursor = await page.cursor;
  }
  const { events } = report.load;
  return { batches: report.load.length, rows, calls, archiveBytes, diskBytes, units, stateBytes, cpuMs, events };
};

const dollars = (value: number): string => (value >= 0.1 ? value.toFixed(2) : value.toFixed(value >= 0.0095 ? 3 : 4));

const alone = await measure(1, 4_000);
const company = await measure(100, 20_000);
const footprint: Footprint = {
  rowsAlone: alone.rows / alone.batches,
  rowsTogether: company.rows / company.batches,
  together: company.batches / company.calls,
  archiveBytesPerEvent: company.archiveBytes / company.events,
  diskBytesPerUnit: company.diskBytes / company.units,
  cpuMsPerEvent: company.cpuMs / company.events,
};

console.log(
  `measured, ${EVENTS_PER_BATCH} events of one user a batch, ${SHARDS} shards, 5 metrics, 3 experiments a user`,
);
console.log(
  row("rows a batch, alone", footprint.rowsAlone.toFixed(2), atMost(GOAL_ROWS, footprint.rowsAlone, { digits: 2 })),
);
console.log(row(`rows a batch, ${footprint.together.toFixed(0)} a call`, footprint.rowsTogether.toFixed(2)));
console.log(row("rows an event, alone", (footprint.rowsAlone / EVENTS_PER_BATCH).toFixed(3)));
console.log(row("bytes of a unit's row, 20 events in a week", (company.stateBytes / company.units).toFixed(0)));
console.log(row("bytes of disk a unit, with all else", footprint.diskBytesPerUnit.toFixed(0)));
console.log(row("bytes of archive an event", footprint.archiveBytesPerEvent.toFixed(1)));
console.log(row("CPU µs an event, stand-ins and all", (footprint.cpuMsPerEvent * 1_000).toFixed(1)));

const steady: Traffic = {
  eventsPerBatch: EVENTS_PER_BATCH,
  eventsPerSecond: 1_000,
  shards: SHARDS,
  isolates: 10,
  eventsPerUnit: 50,
};
const scenarios = [
  ["20 a batch", steady],
  ["1 a batch", { ...steady, eventsPerBatch: 1 }],
] as const;
const usages = scenarios.map(([, traffic]) => usageOf(footprint, traffic));
const costs = usages.map(costOf);
const totalOf = (cost: ReadonlyMap<Item, number>): number => [...cost.values()].reduce((sum, value) => sum + value, 0);

console.log("\nDollars for a million events at 1,000 events/s, nothing included\n");
console.log(`| | used by 1 M, 20 a batch | ${scenarios.map(([title]) => title).join(" | ")} |`);
console.log("| --- | ---: | ---: | ---: |");
for (const item of Object.keys(PRICES) as Item[])
  console.log(
    `| ${PRICES[item].title} | ${Math.round(usages[0]?.[item] ?? 0).toLocaleString("en-US")} | ${costs.map((cost) => dollars(cost.get(item) ?? 0)).join(" | ")} |`,
  );
console.log(`| **All** | | ${costs.map((cost) => `**${dollars(totalOf(cost))}**`).join(" | ")} |`);
console.log(
  `\n${row("all in, 20 a batch", atMost(GOAL_DOLLARS, totalOf(costs[0] ?? new Map()), { digits: 3, unit: "$" }))}`,
);

console.log("\nDollars for a million events of a month, plan and what it includes counted\n");
const rates = [10, 100, 1_000, 10_000];
console.log(`| events/s | events a month | ${scenarios.map(([title]) => title).join(" | ")} |`);
console.log("| ---: | ---: | ---: | ---: |");
for (const eventsPerSecond of rates) {
  const bills = scenarios.map(([, traffic]) => {
    const usage = usageOf(footprint, { ...traffic, eventsPerSecond });
    return dollars(billOf(usage, eventsPerSecond));
  });
  const month = ((eventsPerSecond * 30 * 86_400) / 1e6).toLocaleString("en-US", { maximumFractionDigits: 0 });
  console.log(`| ${eventsPerSecond.toLocaleString("en-US")} | ${month} M | ${bills.join(" | ")} |`);
}

console.log("\n| | dollars for a million events | source |\n| --- | --- | --- |");
for (const { name, perMillion, words, source } of PEERS)
  console.log(`| ${name} | ${perMillion === undefined ? "not published" : perMillion}: ${words} | ${source} |`);
