import { WorkerEntrypoint } from "cloudflare:workers";
import type { EventReceipt } from "../../contract/event.ts";
import type { Env } from "./env.ts";
import { findRules } from "./intake-rules.ts";
import { takeBatch } from "./take-batch.ts";

/** The way in for our own Workers: as `POST /v1/events`, without HTTP and without a key. */
export class EventIntake extends WorkerEntrypoint<Env> {
  /** Throws when the events are not on the queue; a bad event is in the receipt. */
  async record(input: { environment: string; batch_id: string; events: unknown[] }): Promise<EventReceipt> {
    const receivedAt = Date.now();
    const rules = await findRules(this.env, input.environment, this.ctx);
    if (!rules) throw new Error(`There is no ruleset of ${input.environment}.`);
    return takeBatch(this.env, this.ctx, rules, { ...input, receivedAt });
  }
}
