/**
 * Events a second that the ingest Worker validates, hashes and partitions in `workerd serve`, in batches of 50, beside JSON.parse
 * of the same batches and the schema's validation alone. CPU time of the process, medians of the rounds.
 *
 *     node bench/ingest.ts
 */
import { fileURLToPath } from "node:url";
import { pinClient } from "./harness/cores.ts";
import { atLeast, row } from "./harness/goal.ts";
import { median } from "./harness/median.ts";
import { BATCH_EVENTS } from "./harness/some-batches.ts";
import { type Workerd, startWorkerd } from "./harness/workerd.ts";

const ROUNDS = 9;
const BATCHES = 4_000;
const GOAL = 300_000;

/** The same for a server's batch, of many users on all shards, and for a browser's, of one. */
const KINDS = ["server", "browser"] as const;
const WORK = ["take", "parse", "schema"] as const;

const titles: Readonly<Record<(typeof WORK)[number], string>> = {
  take: "validate, hash, partition, write",
  parse: "JSON.parse of the body",
  schema: "the zod schema alone",
};

const cpuOf = async (workerd: Workerd, path: string): Promise<number> => {
  const before = await workerd.cpuUs();
  const wallFrom = performance.now();
  const response = await fetch(`http://127.0.0.1:${workerd.ports.get("ingest")}${path}`);
  if (!response.ok || (await response.text()) === "0") throw new Error(`${path} was not done.`);
  const after = await workerd.cpuUs();
  // Where there is no /proc, the wall's time.
  return before === undefined || after === undefined ? (performance.now() - wallFrom) * 1_000 : after - before;
};

const isPinned = pinClient();
const entry = fileURLToPath(new URL("workers/ingest.ts", import.meta.url));
const workerd = await startWorkerd({ ingest: { entry, texts: {} } });
try {
  console.log(
    `Taking events on workerd serve · batches of ${BATCH_EVENTS} · medians of ${ROUNDS} rounds of ${BATCHES} batches · ${isPinned ? "server and client on a core each" : "not pinned"}`,
  );
  for (const kind of KINDS) {
    console.log(row(`\na ${kind}'s batches`, "events/s", "ns/event"));
    const rounds = WORK.map((): number[] => []);
    for (const name of WORK) await cpuOf(workerd, `/${name}/${kind}/${BATCHES}`);
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, name] of WORK.entries())
        rounds[index]?.push((await cpuOf(workerd, `/${name}/${kind}/${BATCHES}`)) / (BATCHES * BATCH_EVENTS));
    for (const [index, name] of WORK.entries()) {
      const us = median(rounds[index] ?? []);
      console.log(row(titles[name], (1e6 / us).toFixed(0), (us * 1_000).toFixed(0)));
      if (name === "take") console.log(row("", atLeast(GOAL, 1e6 / us, 0)));
    }
  }
} finally {
  await workerd.stop();
}
