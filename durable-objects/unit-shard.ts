import { DurableObject } from "cloudflare:workers";
import type { EventMessage, MessageHead } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { Generation } from "../contract/replay.ts";
import type { SumsCell, SumsKind } from "../contract/sums.ts";
import { headOf, parseMessages } from "../counting/message-text.ts";
import { RecentMap } from "../counting/recent-map.ts";
import type { CellsPart } from "../counting/sums-book.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import { applyMessages, type MessageOutcome, noteDeadLetter, noteMessages, type SentNote } from "./apply-messages.ts";
import { clearShard } from "./clear-shard.ts";
import { planFor } from "./counting-plans.ts";
import { deleteUnit } from "./delete-unit.ts";
import { leaveMessages } from "./leave-messages.ts";
import { type PlanVersion, pastPlanFor } from "./past-plans.ts";
import type { RulesetBindings } from "./ruleset-source.ts";
import { type Gate, ShardGate } from "./shard-gate.ts";
import { ShardTransactions } from "./shard-transactions.ts";
import { takingIn, takingOf } from "./taking.ts";

/** Messages whose last failure is remembered, until the object goes to sleep: one is given up soon after it. */
const MAX_FAILURES = 500;
const MAX_FAILURE_LENGTH = 500;

/** How large a shard is. */
export interface ShardSize {
  /** That have a row. */
  readonly units: number;
  /** Of the database. */
  readonly bytes: number;
  /** Since the object was started. */
  readonly rows_written: number;
}

/**
 * A share of an environment's units, one row each, with the sums of what they did. Exposures and events of a unit meet here,
 * so that counting is local, exact and one transaction.
 *
 * What a call changes besides rows of units and messages is one row of a journal; the sums are in memory, see
 * {@link ShardTransactions}. An answer means that it is on disk.
 */
export class UnitShard extends DurableObject<RulesetBindings> {
  readonly #transactions: ShardTransactions;
  #gate: ShardGate | undefined;
  /** Why messages failed last, by taking. */
  readonly #failures = new RecentMap<string, string>(MAX_FAILURES);

  constructor(ctx: DurableObjectState, env: RulesetBindings) {
    super(ctx, env);
    this.#transactions = new ShardTransactions(ctx.storage);
  }

  /**
   * Takes note that messages are on their way here, before or after they come and any number of times, so that the ledger
   * tells when one never does. Writes nothing about those that have come.
   */
  noteSent(notes: SentNote[]): void {
    this.#transactions.change((shard) => ({ answer: undefined, change: noteMessages(shard, notes) }));
  }

  /**
   * Counts messages of this shard, in any order; one that was here before changes nothing. They are texts by
   * `counting/message-text.ts`, all of one environment, and the outcomes are in their order. Each is applied as a whole or
   * not at all: one that fails, fails alone. Nothing is counted while the gate is not open.
   *
   * `by` is the ruleset to count by when that is not the newest: see `replay.ts`. Throws when nothing can be counted now
   * because there is no ruleset to be had.
   */
  async apply(texts: string[], by?: PlanVersion): Promise<MessageOutcome[]> {
    const outcomes = await this.#apply(texts, by);
    for (const [index, { outcome, error }] of outcomes.entries())
      if (outcome === "failed") this.#noteFailure(texts[index] ?? "", error ?? "");
    return outcomes;
  }

  async #apply(texts: readonly string[], by: PlanVersion | undefined): Promise<MessageOutcome[]> {
    const readings = texts.map(readMessage);
    const messages = readings.flatMap((reading) => ("message" in reading ? [reading.message] : []));
    const [first] = messages;
    if (!first) return readings.flatMap((reading) => ("failed" in reading ? [reading.failed] : []));
    const waitUntil = (promise: Promise<unknown>): void => this.ctx.waitUntil(promise);
    const plan =
      (by && (await pastPlanFor(this.env, first.environment, messages, by))) ??
      (await planFor(this.env, first.environment, messages, waitUntil));
    // From here on nothing is awaited: no other call sees or changes anything in between.
    const gate = this.#readGate().state;
    const outcomes = gate.kind === "open" ? this.#applyAll(messages, plan) : this.#turnAway(messages, gate);
    let next = 0;
    return readings.flatMap((reading) => ("failed" in reading ? [reading.failed] : (outcomes[next++] ?? [])));
  }

  /** The cells of these experiments on this shard, those of the kinds and names that are asked for, or a part of them. */
  sums(asked: { experiment_ids: string[]; kinds: SumsKind[]; names?: string[]; part?: CellsPart }): SumsCell[] {
    return this.#transactions.read().memory.book.cells(asked);
  }

  /** How many cells there are at most, by experiment. */
  countCells(experiment_ids: string[]): number[] {
    const { book } = this.#transactions.read().memory;
    return experiment_ids.map((experiment_id) => book.countCells(experiment_id));
  }

  /** What became of the events that this shard accounts for. */
  ledger(): LedgerCounts {
    return this.#transactions.read().memory.ledger;
  }

  /**
   * Takes note that a message was given up. Nothing changes if that was noted or it was, in truth, applied before. Throws for
   * a text whose head cannot be read, and while the shard is closed. A shard that has moved says where to, and does nothing.
   * `reason` is why it could not be counted here, if that was not long ago.
   */
  deadLetter(text: string): { moved_to?: Generation; reason?: string } {
    const gate = this.#readGate().state;
    if (gate.kind === "closed") throw new Error("The shard is closed for a moment.");
    if (gate.kind === "moved") {
      const [outcome] = this.#turnAway([headOf(text)], gate);
      return outcome?.moved_to ? { moved_to: outcome.moved_to } : {};
    }
    const head = headOf(text);
    this.#transactions.change((shard) => {
      shard.storage.prepareMessages(head.received_at);
      return { answer: undefined, change: noteDeadLetter(shard, head, text) };
    });
    const reason = this.#failures.get(takingOf(takingIn(head)));
    return reason === undefined ? {} : { reason };
  }

  /**
   * Forgets a unit and takes it out of the sums. Its events of up to `deleted_at`, ms since 1970, are refused from then on
   * when they come; that is remembered for 20 days, in which all that is on its way has come, and while there are dead letters.
   */
  deleteUnit(unit_type: string, unit: string, deleted_at: number): { existed: boolean } {
    return this.#transactions.change((shard) => {
      const { existed, change } = deleteUnit(shard, { unit_type, unit, deleted_at }, Date.now());
      return { answer: { existed }, change };
    });
  }

  size(): ShardSize {
    const { units } = this.#transactions.read().memory;
    return { units, bytes: this.#transactions.bytes, rows_written: this.#transactions.rowsWritten };
  }

  /** Deletes everything: for generations that are not in use. A shard that has moved still says where to. */
  async clear(): Promise<void> {
    await this.ctx.blockConcurrencyWhile(async () => {
      this.#transactions.forget();
      this.#gate = undefined;
      await clearShard(this.ctx.storage);
    });
  }

  /** Opens or closes the gate, or moves the shard's units to another generation for good. */
  setGate(gate: Gate): void {
    this.#readGate().set(gate);
  }

  /** What became of messages here: `unknown` has not come, or so long ago that it is forgotten. */
  fates(messages: Pick<MessageHead, "message_id" | "intake">[]): ("applied" | "dead" | "unknown")[] {
    const takings = messages.map(takingIn);
    const known = this.#transactions.read().storage.findTakings(takings);
    return takings.map(({ id, intake }) => known.get(id)?.get(intake)?.kind ?? "unknown");
  }

  #noteFailure(text: string, error: string): void {
    const head = findHead(text);
    if (head) this.#failures.set(takingOf(takingIn(head)), error.slice(0, MAX_FAILURE_LENGTH));
  }

  #readGate(): ShardGate {
    return (this.#gate ??= new ShardGate(this.ctx.storage.sql));
  }

  /** Messages that are not counted here. Those that have moved are not missed here any more: they are somebody else's. */
  #turnAway(heads: readonly MessageHead[], gate: Exclude<Gate, { kind: "open" }>): MessageOutcome[] {
    if (gate.kind === "moved")
      this.#transactions.change((shard) => {
        shard.storage.prepareMessages(Math.max(...heads.map(({ received_at }) => received_at)));
        return { answer: undefined, change: leaveMessages(shard, heads) };
      });
    return heads.map(({ message_id }) =>
      gate.kind === "closed"
        ? { message_id, outcome: "closed" }
        : { message_id, outcome: "moved", moved_to: { generation: gate.generation, shards: gate.shards } },
    );
  }

  /** Halves what fails until the messages that cannot be applied are alone. */
  #applyAll(messages: readonly EventMessage[], plan: CountingPlan): MessageOutcome[] {
    try {
      return this.#transactions.change((shard) => {
        shard.storage.prepareMessages(Math.max(...messages.map(({ received_at }) => received_at)));
        const { outcomes, change } = applyMessages(shard, messages, plan);
        return { answer: outcomes, change };
      });
    } catch (error) {
      const [first] = messages;
      if (messages.length > 1) {
        const half = Math.ceil(messages.length / 2);
        return [messages.slice(0, half), messages.slice(half)].flatMap((part) => this.#applyAll(part, plan));
      }
      return first ? [failed(first.message_id, error)] : [];
    }
  }
}

const failed = (message_id: string, cause: unknown): MessageOutcome => {
  const error = String(cause);
  console.error({ event: "message_failed", message_id, error });
  return { message_id, outcome: "failed", error };
};

const findHead = (text: string): MessageHead | undefined => {
  try {
    return headOf(text);
  } catch {
    return undefined;
  }
};

const readMessage = (text: string): { readonly message: EventMessage } | { readonly failed: MessageOutcome } => {
  try {
    const [message, ...others] = parseMessages(text);
    if (!message || others.length > 0) throw new Error("A message text is one message.");
    // What else is wrong with one shows when it is counted, alone; this would fail all that are with it.
    if (message.events.some((event) => typeof event !== "object" || event === null))
      throw new TypeError("An event is an object.");
    return { message };
  } catch (error) {
    return { failed: failed(text.slice(0, 100), error) };
  }
};
