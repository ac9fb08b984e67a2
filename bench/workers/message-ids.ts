import { DurableObject } from "cloudflare:workers";
import { CountedSql } from "../../durable-objects/counted-sql.ts";
import type { Taking } from "../../durable-objects/taking.ts";
import { UnitShardStorage } from "../../durable-objects/unit-shard-storage.ts";

const DAY_MS = 86_400_000;
const ROWS = 100_000;

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const random = (bytes: number): string => hexOf(crypto.getRandomValues(new Uint8Array(bytes)));

interface Order {
  /** Remembers so many messages of a day. */
  readonly fill?: { readonly day: number; readonly count: number };
  /** Makes so many calls' ids, all of which are new, or were all applied on one of these days. */
  readonly prepare?: { readonly calls: number; readonly ids: number; readonly days: readonly number[] | null };
}

/** A unit shard's storage with nothing but ids of messages. */
export class MessageIds extends DurableObject {
  readonly #sql = new CountedSql(this.ctx.storage.sql);
  readonly #storage = new UnitShardStorage(this.#sql);
  #calls: Taking[][] = [];

  follow({ fill, prepare }: Order): object {
    if (fill) {
      this.#storage.prepareMessages(fill.day * DAY_MS);
      for (let rows = 0; rows < fill.count; rows += ROWS)
        this.#sql.exec(
          `INSERT INTO message_id_${fill.day} (id, intake)
           WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
           SELECT randomblob(16) AS id, randomblob(8) FROM numbers ORDER BY id`,
          Math.min(ROWS, fill.count - rows),
        );
      return { bytes: this.#sql.bytes };
    }
    if (prepare) {
      const { calls, ids, days } = prepare;
      this.#calls = Array.from({ length: calls }, (_, call) =>
        days ? this.#knownOn(days[call % days.length] ?? 0, ids) : newTakings(ids),
      );
      return {};
    }
    return { found: this.#calls.reduce((sum, takings) => sum + this.#storage.findTakings(takings).size, 0) };
  }

  /** Takings from all over a day's table. */
  #knownOn(day: number, count: number): Taking[] {
    return newTakings(count).flatMap(({ id }) =>
      this.#sql.exec<{ id: string; intake: string }>(
        `SELECT lower(hex(id)) AS id, lower(hex(intake)) AS intake FROM message_id_${day} WHERE id > unhex(?) LIMIT 1`,
        id,
      ),
    );
  }
}

const newTakings = (count: number): Taking[] =>
  Array.from({ length: count }, () => ({ id: random(16), intake: random(8) }));

export default {
  async fetch(request, env) {
    return Response.json(await env.SHARD.getByName("ids").follow(await request.json<Order>()));
  },
} satisfies ExportedHandler<{ readonly SHARD: DurableObjectNamespace<MessageIds> }>;
