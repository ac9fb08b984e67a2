import { shardName } from "./shard-name.ts";
import type { Layout } from "./relocate.ts";
import type { UnitShard } from "./unit-shard.ts";

type Stub = DurableObjectStub<UnitShard>;

/** One shard of a generation. Always a new stub: one whose object was reset stays broken. */
export const shardAt = (
  shards: DurableObjectNamespace<UnitShard>,
  { environment, generation }: Pick<Layout, "environment" | "generation">,
  shard: number,
): Stub => shards.getByName(shardName(environment, generation, shard));

/** Asks every shard of a generation, side by side; the answers are in the order of the shards. Throws when one does not answer. */
export const askAll = <Answer>(
  shards: DurableObjectNamespace<UnitShard>,
  layout: Layout,
  ask: (stub: Stub, shard: number) => Promise<Answer>,
): Promise<Answer[]> =>
  Promise.all(Array.from({ length: layout.shards }, (_, shard) => ask(shardAt(shards, layout, shard), shard)));
