/**
 * How long a unit shard takes to look up the ids of a call's messages while it remembers eleven days of them, in `workerd
 * serve` down to the disk: ids that are new, which is what nearly all are, and ids that were applied. Medians of the rounds.
 *
 *     node bench/message-ids.ts [ids a day]
 */
import { fileURLToPath } from "node:url";
import { pinClient } from "./harness/cores.ts";
import { row } from "./harness/goal.ts";
import { median } from "./harness/median.ts";
import { startWorkerd } from "./harness/workerd.ts";

const IDS_A_DAY = Number(process.argv[2] ?? 1_000_000);
const FIRST_DAY = 20_700;
const DAYS = 11;
const ROUNDS = 7;
const CALLS = 200;

const inMicroseconds = (rounds: readonly number[]): string => median(rounds.slice(1)).toFixed(0);

pinClient();
const entry = fileURLToPath(new URL("workers/message-ids.ts", import.meta.url));
const workerd = await startWorkerd({ ids: { entry, texts: {}, objects: { SHARD: "MessageIds" } } });
const order = async <Answer>(body: object): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${workerd.ports.get("ids")}/`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer;
};

try {
  const days = Array.from({ length: DAYS }, (_, index) => FIRST_DAY + index);
  let bytes = 0;
  for (const day of days) ({ bytes } = await order<{ bytes: number }>({ fill: { day, count: IDS_A_DAY } }));
  console.log(`${DAYS} days of ${IDS_A_DAY} ids, ${(bytes / (DAYS * IDS_A_DAY)).toFixed(0)} bytes each`);
  for (const ids of [100, 1])
    for (const [title, of] of [
      ["new", null],
      ["applied on the last day", days.slice(-1)],
      ["applied on any day", days],
    ] as const) {
      const [wall, cpu]: [number[], number[]] = [[], []];
      for (let round = 0; round <= ROUNDS; round++) {
        await order({ prepare: { calls: CALLS, ids, days: of } });
        const cpuFrom = await workerd.cpuUs();
        const from = performance.now();
        const { found } = await order<{ found: number }>({});
        wall.push(((performance.now() - from) * 1_000) / CALLS);
        cpu.push(((await workerd.cpuUs()) ?? Number.NaN) / CALLS - (cpuFrom ?? Number.NaN) / CALLS);
        // Ids that are neighbours in the table may be asked for twice.
        if (found > 0 !== (of !== null)) throw new Error(`${found} were found.`);
      }
      // The first round warms up.
      console.log(row(`${ids} ids a call, ${title}`, `${inMicroseconds(wall)} µs`, `CPU ${inMicroseconds(cpu)} µs`));
    }
} finally {
  await workerd.stop();
}
