import { DurableObject } from "cloudflare:workers";
import { SumsKind } from "../../contract/sums.ts";
import { countingPlan, type CountingPlan } from "../../counting/counting-plan.ts";
import { messageText } from "../../counting/message-text.ts";
import { applyMessages, noteDeadLetter, noteMessages } from "../../durable-objects/apply-messages.ts";
import { clearShard } from "../../durable-objects/clear-shard.ts";
import { CountedSql } from "../../durable-objects/counted-sql.ts";
import { deleteUnit } from "../../durable-objects/delete-unit.ts";
import { type Gate, ShardGate } from "../../durable-objects/shard-gate.ts";
import { ShardJournal } from "../../durable-objects/shard-journal.ts";
import type { ShardMemory } from "../../durable-objects/shard-memory.ts";
import { ShardTransactions } from "../../durable-objects/shard-transactions.ts";
import type { Measured, Order, Step } from "../durable-objects/shard-steps.ts";

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

const cellsOf = ({ book }: ShardMemory, experimentIds: readonly string[]) =>
  book
    .cells({ experiment_ids: experimentIds, kinds: SumsKind.options })
    .toSorted((a, b) => byText(JSON.stringify(a), JSON.stringify(b)));

/** A memory as one text: two that have the same are the same. */
const picture = (memory: ShardMemory, experimentIds: readonly string[]): string =>
  JSON.stringify([
    memory.ledger,
    memory.units,
    // Those beyond are in memory only, and nothing that is on the disk names them.
    memory.terms.since(0).slice(0, memory.termsOnDisk),
    [...memory.missed].toSorted(([a], [b]) => byText(a, b)),
    [...memory.deletedUnits].toSorted(([a], [b]) => byText(a, b)),
    cellsOf(memory, experimentIds),
  ]);

/** A unit shard's storage and memory, with a statement that fails when it is told to. */
export class MeasuredShard extends DurableObject {
  async follow({ ruleset, horizon, longAfter, steps }: Order): Promise<Measured> {
    const plan = countingPlan(ruleset, 1, horizon);
    const experimentIds = ruleset.experiments.map(({ id }) => id);
    let failIn = Infinity;
    let failPacking = false;
    const { sql } = this.ctx.storage;
    const exec: SqlStorage["exec"] = (query, ...bindings) => {
      if (failIn-- === 0) throw new Error("The disk is broken.");
      const [image] = query.startsWith("INSERT OR REPLACE INTO journal") ? bindings.slice(-1) : [];
      if (failPacking && image) throw new Error("The disk takes no images.");
      return sql.exec(query, ...bindings);
    };
    const storage = {
      sql: new Proxy(sql, { get: (target, name) => (name === "exec" ? exec : Reflect.get(target, name)) }),
      transactionSync: <T>(work: () => T): T => this.ctx.storage.transactionSync(work),
      deleteAll: () => this.ctx.storage.deleteAll(),
    };
    const gates: Gate[] = [];
    let transactions = new ShardTransactions(storage, longAfter);
    let failed = 0;
    const drifted: number[] = [];
    const rows_written: number[] = [];
    for (const [index, step] of steps.entries()) {
      if (step.kind === "restart") {
        transactions = new ShardTransactions(storage, longAfter);
        rows_written.push(0);
        gates.push(new ShardGate(sql).state);
        continue;
      }
      if (step.kind === "setGate" || step.kind === "clear") {
        failIn = step.failAt ?? Infinity;
        try {
          if (step.kind === "setGate") new ShardGate(storage.sql).set(step.gate);
          else await clearShard(storage);
        } catch {
          failed += 1;
        }
        failIn = Infinity;
        transactions = new ShardTransactions(storage, longAfter);
        rows_written.push(0);
        gates.push(new ShardGate(sql).state);
        continue;
      }
      // Reading is not what a call is charged for.
      transactions.read();
      const before = transactions.rowsWritten;
      failIn = step.failAt ?? Infinity;
      failPacking = step.failPacking ?? false;
      try {
        take(transactions, step, plan);
      } catch {
        failed += 1;
        failIn = Infinity;
        take(transactions, step, plan);
      }
      failIn = Infinity;
      rows_written.push(transactions.rowsWritten - before);
      gates.push(new ShardGate(sql).state);
      // A long way is looked at now and then, and at its end.
      if (steps.length - index > 20 && index % 50 !== 0) continue;
      const onDisk = new ShardJournal(new CountedSql(sql)).load();
      if (picture(transactions.read().memory, experimentIds) !== picture(onDisk, experimentIds)) drifted.push(index);
    }
    const bytes = sql.databaseSize;
    const { memory } = transactions.read();
    const journal = new ShardJournal(new CountedSql(sql));
    journal.load();
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name GLOB 'message_id_*'")
      .toArray();
    return {
      rows_written,
      failed,
      drifted,
      gates,
      bytes,
      message_tables: tables.map(({ name }) => name),
      ledger: memory.ledger,
      cells: cellsOf(memory, experimentIds),
      units: memory.units,
      terms: memory.terms.size,
      longest_state:
        sql.exec<{ bytes: number | null }>("SELECT max(length(state)) AS bytes FROM unit_state").one().bytes ?? 0,
      missed: memory.missed.size,
      journal_entries: journal.size.entries,
      journal_rows: sql.exec("SELECT slot FROM journal").toArray().length,
      deleted_units: memory.deletedUnits.size,
    };
  }
}

const take = (
  transactions: ShardTransactions,
  step: Exclude<Step, { kind: "restart" | "setGate" | "clear" }>,
  plan: CountingPlan,
): void => {
  if (step.kind === "deleteUnit") {
    transactions.change((shard) => {
      const { existed, change } = deleteUnit(shard, step, step.noted_at ?? step.deleted_at);
      return { answer: existed, change };
    });
    return;
  }
  const { kind, messages } = step;
  if (kind === "note") transactions.change((shard) => ({ answer: undefined, change: noteMessages(shard, messages) }));
  else if (kind === "apply")
    transactions.change((shard) => {
      shard.storage.prepareMessages(Math.max(...messages.map(({ received_at }) => received_at)));
      const { outcomes, change } = applyMessages(shard, messages, plan);
      return { answer: outcomes, change };
    });
  else
    for (const message of messages)
      transactions.change((shard) => {
        shard.storage.prepareMessages(message.received_at);
        return { answer: undefined, change: noteDeadLetter(shard, message, messageText(message)) };
      });
};

export default {
  async fetch(request, env) {
    const orders = await request.json<Order[]>();
    return Response.json(await Promise.all(orders.map((order) => env.SHARD.getByName(order.shard).follow(order))));
  },
} satisfies ExportedHandler<{ readonly SHARD: DurableObjectNamespace<MeasuredShard> }>;
