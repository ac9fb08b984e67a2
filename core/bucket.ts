import { type HashState, bucketFrom, hash32, unitState } from "./hash.ts";

/** Buckets in a layer: steps of 0.01 %. Part of the assignment contract, so it can never change. */
export const BUCKETS = 10_000;

let lastUnit = "";
let lastState = unitState("");

/** `unitState`. That of the last unit is kept: a unit is asked for its bucket under one salt after another. */
export const stateOf = (unit: string): HashState => {
  if (unit !== lastUnit) {
    lastState = unitState(unit);
    lastUnit = unit;
  }
  return lastState;
};

/**
 * The bucket a randomisation unit falls in under a salt, uniform over [0, {@link BUCKETS}): `hash32(unit + ":" + salt)`
 * modulo their number.
 *
 * A unit keeps its bucket while the salt is kept. Different salts give independent
 * buckets, so experiments do not line up with one another by accident.
 */
export const bucketOf = (unit: string, salt: string): number => bucketFrom(stateOf(unit), salt);

/** The shard that counts a unit, in [0, shards). Fixed for an environment's generation, because `shards` is. */
export const shardOf = (unitType: string, unit: string, shards: number): number =>
  hash32(`${unitType}:${unit}`) % shards;
