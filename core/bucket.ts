import { hash32 } from "./hash.ts";

/** Buckets in a layer: steps of 0.01 %. Part of the assignment contract, so it can never change. */
export const BUCKETS = 10_000;

/**
 * The bucket a randomisation unit falls in under a salt, uniform over [0, {@link BUCKETS}).
 *
 * A unit keeps its bucket while the salt is kept. Different salts give independent
 * buckets, so experiments do not line up with one another by accident.
 */
export const bucketOf = (unit: string, salt: string): number => hash32(`${unit}:${salt}`) % BUCKETS;

/** The shard that counts a unit, in [0, shards). Fixed for an environment's generation, because `shards` is. */
export const shardOf = (unitType: string, unit: string, shards: number): number =>
  hash32(`${unitType}:${unit}`) % shards;
