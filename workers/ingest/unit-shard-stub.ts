import type { MessageHead } from "../../contract/event-message.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import type { UnitShard } from "../../durable-objects/unit-shard.ts";
import type { Env } from "./env.ts";

const hasFlag = (error: unknown, flag: "overloaded" | "remote"): boolean =>
  typeof error === "object" && error !== null && flag in error && (error as Record<string, unknown>)[flag] === true;

/**
 * Asks the shard of a message, which its head names. A stub whose object was reset stays broken, so a failure is tried once more with a new one.
 * Not when the object is overloaded, which more requests would make worse, nor when it was the object that threw.
 */
export const askShard = async <T>(
  env: Env,
  { environment, generation, shard }: Pick<MessageHead, "environment" | "generation" | "shard">,
  ask: (stub: DurableObjectStub<UnitShard>) => Promise<T>,
): Promise<T> => {
  const name = shardName(environment, generation, shard);
  try {
    return await ask(env.UNIT_SHARD.getByName(name));
  } catch (error) {
    if (hasFlag(error, "overloaded") || hasFlag(error, "remote")) throw error;
    return ask(env.UNIT_SHARD.getByName(name));
  }
};
