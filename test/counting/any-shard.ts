import type { EventMessage } from "../../contract/event-message.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import { SumsKind } from "../../contract/sums.ts";
import { countMessages, countReceived, removeUnit } from "../../counting/count-messages.ts";
import type { CountingPlan } from "../../counting/counting-plan.ts";
import { addLedgers, emptyLedger } from "../../counting/ledger-counts.ts";
import { decodeChanges, encodeChanges } from "../../counting/changes-codec.ts";
import { SumsBook } from "../../counting/sums-book.ts";
import { Terms } from "../../counting/terms.ts";
import { type Cells, cellName } from "./reference.ts";

type Owns = (unitType: string, unit: string) => boolean;

/** A shard that stores in memory, in the same bytes, what the Durable Object stores on its disk. */
export class AnyShard {
  readonly #owns: Owns;
  readonly #intakes = new Map<string, Set<string>>();
  readonly #units = new Map<string, Uint8Array>();
  /** Experiments and phases that have sums, by a text of both. */
  readonly #parts = new Map<string, readonly [experimentId: string, phase: number]>();
  #terms = new Terms([]);
  #book = new SumsBook();
  #ledger: LedgerCounts = emptyLedger();

  constructor(owns: Owns) {
    this.#owns = owns;
  }

  #load(unitType: string, unit: string): Uint8Array | undefined {
    return this.#units.get(JSON.stringify([unitType, unit]))?.slice();
  }

  #add(changes: readonly Parameters<SumsBook["add"]>[0][]): void {
    if (changes.length === 0) return;
    for (const change of decodeChanges(encodeChanges(changes))) {
      const { experiment_id, phase } = change.key;
      this.#parts.set(JSON.stringify([experiment_id, phase]), [experiment_id, phase]);
      this.#book.add(change);
    }
  }

  /** Counts what is new of the messages, all of them in one go. */
  apply(messages: readonly EventMessage[], plan: CountingPlan): void {
    const fresh: EventMessage[] = [];
    for (const message of messages) {
      const intakes = this.#intakes.get(message.message_id) ?? new Set<string>();
      if (intakes.has(message.intake)) continue;
      this.#ledger.received += countReceived(message, this.#owns);
      if (intakes.size === 0) fresh.push(message);
      else this.#ledger.duplicate += message.accounted;
      this.#intakes.set(message.message_id, intakes.add(message.intake));
    }
    const counted = countMessages(fresh, plan, {
      owns: this.#owns,
      load: (unitType, unit) => this.#load(unitType, unit),
      terms: this.#terms,
    });
    for (const { unitType, unit, state } of counted.units)
      this.#units.set(JSON.stringify([unitType, unit]), state.slice());
    this.#add(counted.changes);
    this.#ledger = addLedgers(this.#ledger, counted.ledger);
  }

  /** Forgets what is in memory and comes back from what is stored. */
  evict(): void {
    this.#terms = new Terms(this.#terms.since(0));
    const book = new SumsBook();
    for (const [experimentId, phase] of this.#parts.values())
      for (const bytes of this.#book.packExperiment(experimentId, phase)) book.loadPacked(bytes.slice());
    this.#book = book;
  }

  /** Takes a unit out of the sums and forgets it; whether there was one. */
  remove(unitType: string, unit: string): boolean {
    const state = this.#load(unitType, unit);
    if (!state) return false;
    this.#add(removeUnit(state, this.#terms));
    return this.#units.delete(JSON.stringify([unitType, unit]));
  }

  units(): (readonly [unitType: string, unit: string])[] {
    return [...this.#units.keys()].map((name) => JSON.parse(name) as [string, string]);
  }

  cells() {
    const experiment_ids = [...new Set([...this.#parts.values()].map(([experimentId]) => experimentId))];
    return this.#book.cells({ experiment_ids, kinds: SumsKind.options });
  }

  get ledger(): LedgerCounts {
    return this.#ledger;
  }
}

/** The cells of all shards together, without those in which nothing is left. */
export const cellsOf = (shards: readonly AnyShard[]): Cells => {
  const totals = new Map<string, { n: number; sums: Map<string, bigint> }>();
  for (const { n, sums, ...key } of shards.flatMap((shard) => shard.cells())) {
    const name = cellName(key);
    const total = totals.get(name) ?? { n: 0, sums: new Map<string, bigint>() };
    totals.set(name, total);
    total.n += n;
    for (const [sum, value] of Object.entries(sums)) total.sums.set(sum, (total.sums.get(sum) ?? 0n) + BigInt(value));
  }
  const cells: Cells = new Map();
  for (const [name, { n, sums }] of totals) {
    const left = [...sums].filter(([, value]) => value !== 0n).map(([sum, value]) => [sum, String(value)] as const);
    if (n !== 0 || left.length > 0) cells.set(name, { n, sums: Object.fromEntries(left) });
  }
  return cells;
};

const cellText = (cell: { readonly n: number; readonly sums: object } | undefined): string =>
  cell === undefined
    ? "nothing"
    : JSON.stringify([
        cell.n,
        Object.entries(cell.sums)
          .map(([sum, value]) => `${sum} ${value}`)
          .toSorted(),
      ]);

/** The cells in which two computations differ, in words. */
export const differences = (got: Cells, expected: Cells): string[] =>
  [...new Set([...got.keys(), ...expected.keys()])]
    .filter((name) => cellText(got.get(name)) !== cellText(expected.get(name)))
    .map((name) => `${name}: ${cellText(got.get(name))} instead of ${cellText(expected.get(name))}`);
