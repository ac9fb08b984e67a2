import type { Tombstone } from "../contract/replay.ts";
import { shardOf } from "../core/bucket.ts";
import { unitHash } from "../core/unit-hash.ts";
import { shardAt } from "./generation-shards.ts";
import type { Layout } from "./relocate.ts";
import type { UnitShard } from "./unit-shard.ts";

const folder = (environment: string): string => `tombstones/${environment}/`;

/** Keeps a deletion for replays to come. The same one twice is one. */
export const putTombstone = async (bucket: R2Bucket, environment: string, tombstone: Tombstone): Promise<void> => {
  const { unit_type, unit, deleted_at } = tombstone;
  await bucket.put(`${folder(environment)}${unitHash(unit_type, unit)}-${deleted_at}.json`, JSON.stringify(tombstone), {
    httpMetadata: { contentType: "application/json" },
  });
};

/** Every deletion that was kept at `since` or later, ms since 1970. */
export const readTombstones = async (bucket: R2Bucket, environment: string, since = 0): Promise<Tombstone[]> => {
  const tombstones: Tombstone[] = [];
  let after: string | undefined;
  for (;;) {
    const { objects, truncated } = await bucket.list({
      prefix: folder(environment),
      ...(after === undefined ? {} : { startAfter: after }),
    });
    for (const { key, uploaded } of objects) {
      if (uploaded.getTime() < since) continue;
      const kept = await bucket.get(key);
      if (kept) tombstones.push(await kept.json<Tombstone>());
    }
    after = objects.at(-1)?.key;
    if (!truncated || after === undefined) return tombstones;
  }
};

/** Deletes the unit in a generation, now and whenever its events come: see {@link UnitShard.deleteUnit}. */
export const applyTombstone = async (
  shards: DurableObjectNamespace<UnitShard>,
  layout: Layout,
  { unit_type, unit, deleted_at }: Tombstone,
): Promise<{ existed: boolean }> => {
  const stub = shardAt(shards, layout, shardOf(unit_type, unit, layout.shards));
  const { existed } = await stub.deleteUnit(unit_type, unit, deleted_at);
  return { existed };
};
