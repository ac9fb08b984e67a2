/**
 * What counting a browser's batch of 20 events costs in process: the state of a known unit is decoded, the batch applied, and
 * the state and the changes of the sums are encoded. Three experiments with five metrics; 20 batches a call.
 *
 *     node bench/counting.ts
 */
import { encodeChanges } from "../counting/changes-codec.ts";
import { countMessages } from "../counting/count-messages.ts";
import { countingPlan } from "../counting/counting-plan.ts";
import { Terms } from "../counting/terms.ts";
import { atMost, figure, row } from "./harness/goal.ts";
import { median } from "./harness/median.ts";
import { aVisit, ruleset } from "./harness/some-messages.ts";

const DAY = 86_400_000;
const UNITS = 2_000;
const VISITS = 12;
const EVENTS = 20;
const PER_CALL = 20;

const plan = countingPlan(ruleset, 1, { lateAfterMs: 7 * DAY, queueDelayMs: 5 * DAY });
const terms = new Terms();
const states = new Map<string, Uint8Array>();
const shard = { owns: () => true, load: (_type: string, unit: string) => states.get(unit), terms };

/** CPU µs of one batch; the events are made outside. */
const visitAll = (visit: number, events: number): number => {
  let us = 0;
  for (let unit = 0; unit < UNITS; unit += PER_CALL) {
    const messages = Array.from({ length: PER_CALL }, (_, index) => aVisit(unit + index, visit, events));
    const from = process.threadCpuUsage().user;
    const { units, changes } = countMessages(messages, plan, shard);
    for (const each of units) states.set(each.unit, each.state);
    encodeChanges(changes);
    us += process.threadCpuUsage().user - from;
  }
  return us / UNITS;
};

const bytes = (): number => [...states.values()].reduce((sum, { length }) => sum + length, 0) / UNITS;

console.log(`\nCounting · batches of ${EVENTS} events a unit · 3 experiments, 5 metrics`);
// Three exposures and one event for each metric's side.
visitAll(0, 8);
console.log(row("bytes of a unit with 8 events", figure(bytes()), `  ${atMost(200, bytes(), { digits: 0 })}`));
const rounds = Array.from({ length: VISITS }, (_, visit) => visitAll(visit + 1, EVENTS));
const us = median(rounds.slice(VISITS / 2));
console.log(row("CPU µs a batch of a known unit", figure(us), `  ${atMost(100, us)}`));
console.log(row(`bytes of a unit with ${8 + EVENTS * VISITS} events`, figure(bytes())));
