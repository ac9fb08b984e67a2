import { DurableObject } from "cloudflare:workers";
import type { EventMessage } from "../../contract/event-message.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { countingPlan, type Horizon } from "../../counting/counting-plan.ts";
import { applyMessages } from "../../durable-objects/apply-messages.ts";
import { UnitShardStorage } from "../../durable-objects/unit-shard-storage.ts";

interface Order {
  readonly ruleset: Ruleset;
  readonly horizon: Horizon;
  /** Each group is applied in a transaction of its own. */
  readonly groups: EventMessage[][];
}

/** A unit shard's storage, with a count of the rows that it writes. */
export class MeasuredShard extends DurableObject {
  /** The rows that each group wrote, and the tables of message ids there are in the end. */
  apply({ ruleset, horizon, groups }: Order): { rows_written: number[]; message_tables: string[] } {
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
    const rows_written = groups.map((messages) => {
      for (const { received_at } of messages) storage.prepareMessages(received_at);
      cursors = [];
      this.ctx.storage.transactionSync(() => applyMessages(storage, messages, plan));
      return cursors.reduce((rows, cursor) => rows + cursor.rowsWritten, 0);
    });
    const tables = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'message_*'").toArray();
    return { rows_written, message_tables: tables.map(({ name }) => name) };
  }
}

export default {
  async fetch(request, env) {
    const order = await request.json<Order>();
    const shard = env.SHARD.getByName(new URL(request.url).pathname);
    return Response.json(await shard.apply(order));
  },
} satisfies ExportedHandler<{ readonly SHARD: DurableObjectNamespace<MeasuredShard> }>;
