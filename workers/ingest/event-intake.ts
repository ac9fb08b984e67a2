import { WorkerEntrypoint } from "cloudflare:workers";
import type { EventReceipt } from "../../contract/event.ts";
import type { Env } from "./env.ts";
import { findRules } from "./intake-rules.ts";
import { isKnownBot } from "./is-known-bot.ts";
import { takeBatch } from "./take-batch.ts";

/** The way in for our own Workers: as `POST /v1/events`, without HTTP and without a key. */
export class EventIntake extends WorkerEntrypoint<Env> {
  /**
   * Throws when the events are not on the queue; a bad event is in the receipt. `user_agent` is that of the visitor whose
   * events they are.
   */
  async record(input: {
    environment: string;
    batch_id: string;
    events: unknown[];
    user_agent?: string;
  }): Promise<EventReceipt> {
    const { environment, batch_id, events, user_agent = null } = input;
    const rules = await findRules(this.env, environment, this.ctx);
    if (!rules) throw new Error(`There is no ruleset of ${environment}.`);
    const batch = { batch_id, events, receivedAt: Date.now(), isBot: isKnownBot(user_agent) };
    return takeBatch(this.env, this.ctx, rules, batch);
  }
}
