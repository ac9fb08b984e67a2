import { type HashState, bucketFrom, bucketOnce, hash32, pairBucketFrom, pairBucketOnce, unitState } from "./hash.ts";

/** Buckets in a layer: steps of 0.01 %. Part of the assignment contract, so it can never change. */
export const BUCKETS = 10_000;

let lastUnit = "";
/** That of the last unit, once it has been asked about again: for one that is not, an object would cost more than it saves. */
let lastState: HashState | undefined;

/** `unitState`. That of the last unit is kept: a unit is asked for its bucket under one salt after another. */
export const stateOf = (unit: string): HashState => {
  if (unit !== lastUnit) {
    lastUnit = unit;
    lastState = undefined;
  }
  return (lastState ??= unitState(unit));
};

/**
 * The bucket a randomisation unit falls in under a salt, uniform over [0, {@link BUCKETS}): `hash32(unit + ":" + salt)`
 * modulo their number.
 *
 * A unit keeps its bucket while the salt is kept. Different salts give independent
 * buckets, so experiments do not line up with one another by accident.
 */
export const bucketOf = (unit: string, salt: string): number => {
  if (unit === lastUnit) return bucketFrom((lastState ??= unitState(unit)), salt);
  lastUnit = unit;
  lastState = undefined;
  return bucketOnce(unit, salt);
};

/** {@link bucketOf} under a salt of exactly 8 bytes, given as its two words. */
export const pairBucketOf = (unit: string, first: number, second: number): number => {
  if (unit === lastUnit) return pairBucketFrom((lastState ??= unitState(unit)), first, second);
  lastUnit = unit;
  lastState = undefined;
  return pairBucketOnce(unit, first, second);
};

/** The shard that counts a unit, in [0, shards). Fixed for an environment's generation, because `shards` is. */
export const shardOf = (unitType: string, unit: string, shards: number): number =>
  hash32(`${unitType}:${unit}`) % shards;
