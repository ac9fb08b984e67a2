/**
 * Events a second that one unit shard counts in `workerd serve`, in batches of 20 events of one unit, with many units stored;
 * rows written for each batch and bytes stored for each unit. What is called is the real object's `apply`, over RPC and down
 * to the disk. Medians of the rounds; the goal is for a core of its own, so it is set against CPU time.
 *
 *     node bench/unit-shard.ts [units stored]
 */
import { fileURLToPath } from "node:url";
import { pinClient } from "./harness/cores.ts";
import { atLeast, atMost, row } from "./harness/goal.ts";
import { median } from "./harness/median.ts";
import { type Workerd, startWorkerd } from "./harness/workerd.ts";

const UNITS = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 7;
const MESSAGES = 2_000;
const EVENTS = 20;
const GOAL = 80_000;

interface Applied {
  readonly messages: number;
  readonly bytes: number;
  readonly rows_written: number;
}

/** Time for each event, rows for each batch. */
interface Figures {
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly rows: number;
}

const order = async <Answer>(workerd: Workerd, body: object): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${workerd.ports.get("shard")}/`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer;
};

let visit = 0;
let rowsBefore = 0;

/** Applies a visit of each of these units. */
const measure = async (workerd: Workerd, units: readonly number[], perCall: number): Promise<Figures> => {
  await order(workerd, { prepare: { units, visit: ++visit, events: EVENTS, perCall } });
  const cpuFrom = await workerd.cpuUs();
  const from = performance.now();
  const { messages, rows_written } = await order<Applied>(workerd, {});
  const wallUs = (performance.now() - from) * 1_000;
  const cpuTo = await workerd.cpuUs();
  if (messages !== units.length) throw new Error(`${messages} of ${units.length} messages were applied.`);
  const rows = rows_written - rowsBefore;
  rowsBefore = rows_written;
  const events = units.length * EVENTS;
  return {
    wallUs: wallUs / events,
    cpuUs: cpuFrom === undefined || cpuTo === undefined ? Number.NaN : (cpuTo - cpuFrom) / events,
    rows: rows / units.length,
  };
};

/** Different units all over the table, the same every time. */
const someUnits = (round: number, isNew: boolean): number[] =>
  Array.from({ length: MESSAGES }, (_, index) =>
    isNew ? UNITS + round * MESSAGES + index : (1 + round * 7_919 + index * 104_729) % UNITS,
  );

const isPinned = pinClient();
const entry = fileURLToPath(new URL("workers/unit-shard.ts", import.meta.url));
const workerd = await startWorkerd({ shard: { entry, texts: {}, objects: { SHARD: "BenchShard" } } });
try {
  console.log(
    `One unit shard on workerd serve · batches of ${EVENTS} events a unit · medians of ${ROUNDS} rounds of ${MESSAGES} batches · ${isPinned ? "server and client on a core each" : "not pinned"}`,
  );
  const STEP = 100_000;
  let bytes = 0;
  for (let from = 0; from < UNITS; from += STEP)
    ({ bytes } = await order<Applied>(workerd, { fill: { from, count: Math.min(STEP, UNITS - from) } }));
  console.log(row(`\n${UNITS} units stored, 3 experiments, 5 metrics`, "bytes/unit"));
  console.log(row("the whole database", (bytes / UNITS).toFixed(1)));
  console.log(row("", atMost(200, bytes / UNITS, { digits: 0 })));

  for (const [title, isNew, perCall, messages] of [
    ["known units, 100 batches a call", false, 100, MESSAGES],
    ["known units, 10 batches a call", false, 10, MESSAGES],
    ["known units, 1 batch a call", false, 1, 300],
    ["new units, 100 batches a call", true, 100, MESSAGES],
  ] as const) {
    const rounds: Figures[] = [];
    for (let round = 0; round <= ROUNDS; round++)
      rounds.push(await measure(workerd, someUnits(round, isNew).slice(0, messages), perCall));
    // The first round warms up.
    const of = (name: keyof Figures): number => median(rounds.slice(1).map((each) => each[name]));
    console.log(row(`\n${title}`, "wall µs/event", "CPU µs/event", "events/s CPU", "rows/batch"));
    // Where there is no /proc, the wall's time.
    const us = Number.isNaN(of("cpuUs")) ? of("wallUs") : of("cpuUs");
    console.log(
      row("apply", of("wallUs").toFixed(1), of("cpuUs").toFixed(1), (1e6 / us).toFixed(0), of("rows").toFixed(2)),
    );
    if (perCall === 100 && !isNew) console.log(row("", atLeast(GOAL, 1e6 / us, 0)));
    if (perCall === 1) console.log(row("", atMost(3, of("rows"), { digits: 2 })));
  }
} finally {
  await workerd.stop();
}
