import { DurableObject } from "cloudflare:workers";
import type { EventMessage } from "../contract/event-message.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { SumsCell } from "../contract/sums.ts";
import type { CountingPlan } from "../counting/counting-plan.ts";
import { applyMessages, type MessageOutcome, noteDeadLetter, noteMessages, type SentNote } from "./apply-messages.ts";
import { planFor } from "./counting-plans.ts";
import type { RulesetBindings } from "./ruleset-source.ts";
import { UnitShardStorage } from "./unit-shard-storage.ts";

/**
 * A share of an environment's units, one row each, with the sums of what they did. Exposures and events of a unit meet here,
 * so that counting is local, exact and one transaction.
 */
export class UnitShard extends DurableObject<RulesetBindings> {
  readonly #storage: UnitShardStorage;

  constructor(ctx: DurableObjectState, env: RulesetBindings) {
    super(ctx, env);
    this.#storage = new UnitShardStorage(ctx.storage.sql);
  }

  /**
   * Takes note that messages are on their way here, before or after they come and any number of times, so that the ledger
   * tells when one never does.
   */
  noteSent(notes: SentNote[]): void {
    for (const { received_at } of notes) this.#storage.prepareMessages(received_at);
    this.ctx.storage.transactionSync(() => noteMessages(this.#storage, notes));
  }

  /**
   * Counts messages of this shard, in any order; one that was here before changes nothing. Each is applied as a whole or
   * not at all: if something about them fails, they are tried one by one, so that it fails alone.
   *
   * An answer means that it is on disk. Throws when nothing can be counted now because there is no ruleset to be had.
   */
  async apply(messages: EventMessage[]): Promise<MessageOutcome[]> {
    const [first] = messages;
    if (!first) return [];
    const plan = await planFor(this.env, first.environment, messages, (promise) => this.ctx.waitUntil(promise));
    // From here on nothing is awaited: no other call sees or changes anything in between.
    for (const { received_at } of messages) this.#storage.prepareMessages(received_at);
    try {
      return this.#applyTogether(messages, plan);
    } catch (error) {
      if (messages.length === 1) return [this.#failed(first, error)];
      return messages.map((message) => {
        try {
          return this.#applyTogether([message], plan)[0] ?? this.#failed(message, "It was not applied.");
        } catch (cause) {
          return this.#failed(message, cause);
        }
      });
    }
  }

  /** The cells of these experiments on this shard. */
  sums(experimentIds: string[]): SumsCell[] {
    return this.#storage.listSums(experimentIds);
  }

  /** What became of the events that this shard accounts for. */
  ledger(): LedgerCounts {
    return this.#storage.readLedger();
  }

  /** Takes note that a message was given up. Nothing changes if it was noted or, in truth, applied before. */
  deadLetter(message: EventMessage): void {
    this.#storage.prepareMessages(message.received_at);
    this.ctx.storage.transactionSync(() => noteDeadLetter(this.#storage, message));
  }

  #applyTogether(messages: readonly EventMessage[], plan: CountingPlan): MessageOutcome[] {
    return this.ctx.storage.transactionSync(() => applyMessages(this.#storage, messages, plan));
  }

  #failed({ message_id }: EventMessage, cause: unknown): MessageOutcome {
    const error = String(cause);
    console.error({ event: "message_failed", message_id, error });
    return { message_id, outcome: "failed", error };
  }
}
