import { DurableObject } from "cloudflare:workers";
import type { EventMessage } from "../../contract/event-message.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { countingPlan, type Horizon } from "../../counting/counting-plan.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import { applyMessages, noteDeadLetter, noteMessages, receivedOf } from "../../durable-objects/apply-messages.ts";
import { UnitShardStorage } from "../../durable-objects/unit-shard-storage.ts";

interface Order {
  readonly ruleset: Ruleset;
  readonly horizon: Horizon;
  readonly steps: Step[];
}

/** What happens to messages, in one transaction. */
export interface Step {
  readonly kind: "note" | "apply" | "deadLetter";
  readonly messages: readonly EventMessage[];
}

interface Measured {
  /** The rows that each step wrote. */
  readonly rows_written: number[];
  /** Those of message ids that there are in the end. */
  readonly message_tables: string[];
  readonly ledger: LedgerCounts;
}

/** A unit shard's storage, with a count of the rows that it writes. */
export class MeasuredShard extends DurableObject {
  follow({ ruleset, horizon, steps }: Order): Measured {
    const { sql } = this.ctx.storage;
    let cursors: { readonly rowsWritten: number }[] = [];
    const exec: SqlStorage["exec"] = (query, ...bindings) => {
      const cursor = sql.exec(query, ...bindings);
      cursors.push(cursor);
      return cursor as never;
    };
    const storage = new UnitShardStorage(
      new Proxy(sql, { get: (target, name) => (name === "exec" ? exec : Reflect.get(target, name)) }),
    );
    const plan = countingPlan(ruleset, 1, horizon);
    const take = ({ kind, messages }: Step): void => {
      if (kind === "apply") applyMessages(storage, messages, plan);
      else if (kind === "note")
        noteMessages(
          storage,
          messages.map((message) => ({ ...message, received: receivedOf(message) })),
        );
      else for (const message of messages) noteDeadLetter(storage, message);
    };
    const rows_written = steps.map((step) => {
      for (const { received_at } of step.messages) storage.prepareMessages(received_at);
      cursors = [];
      this.ctx.storage.transactionSync(() => take(step));
      return cursors.reduce((rows, cursor) => rows + cursor.rowsWritten, 0);
    });
    const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'message_*'").toArray();
    return { rows_written, message_tables: tables.map(({ name }) => name), ledger: storage.readLedger() };
  }
}

export default {
  async fetch(request, env) {
    const order = await request.json<Order>();
    const shard = env.SHARD.getByName(new URL(request.url).pathname);
    return Response.json(await shard.follow(order));
  },
} satisfies ExportedHandler<{ readonly SHARD: DurableObjectNamespace<MeasuredShard> }>;
