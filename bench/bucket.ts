/** `bucketOf` beside npm murmurhash of the concatenated text: `node bench/bucket.ts`. */
import murmurhash from "murmurhash";
import { bucketOf } from "../core/bucket.ts";
import { aLargeRuleset, users } from "./harness/a-large-ruleset.ts";
import { ROUND_MS } from "./harness/against.ts";
import { alternate, lastResult, timesFaster } from "./harness/alternate.ts";
import { atLeast, figure, row } from "./harness/goal.ts";

const npmBucketOf = (unit: string, salt: string): number => murmurhash.v3(`${unit}:${salt}`) % 10_000;

const buckets = (kind: string, units: readonly string[]): void => {
  const salts = aLargeRuleset({ experiments: 100, predicates: 1 }).experiments.map(({ salt }) => salt);
  const each = units.length * salts.length;
  const unitByUnit = (hash: (unit: string, salt: string) => number) => (): number => {
    let sum = 0;
    for (const unit of units) for (const salt of salts) sum += hash(unit, salt);
    return sum;
  };
  const saltBySalt = (hash: (unit: string, salt: string) => number) => (): number => {
    let sum = 0;
    for (const salt of salts) for (const unit of units) sum += hash(unit, salt);
    return sum;
  };
  if (unitByUnit(npmBucketOf)() !== unitByUnit(bucketOf)()) throw new Error("bucketOf is not MurmurHash3.");
  console.log(`\nBucket of ${kind} · ns`);
  for (const [order, loop] of [
    ["a unit's salts in turn", unitByUnit],
    ["another unit each time", saltBySalt],
  ] as const) {
    const [us, them] = alternate(
      [
        { name: `bucketOf, ${order}`, once: loop(bucketOf) },
        { name: `npm murmurhash, ${order}`, once: loop(npmBucketOf) },
      ],
      { rounds: 11, roundMs: ROUND_MS, cycle: 1 },
    );
    if (!us || !them) continue;
    console.log(row(us.name, figure((1_000 * us.us) / each), `  ${atLeast(20, timesFaster(us, them))}`));
    console.log(row(them.name, figure((1_000 * them.us) / each)));
  }
};

buckets(
  "22 bytes (user-12345678:abcdefgh)",
  users(100).map(({ id }) => id),
);
buckets(
  "45 bytes (a UUID as the unit)",
  users(100).map(({ id }) => `3f6f3f0e-5f0b-4a55-9d0f-${id.slice(5)}2d11`),
);
if (lastResult() === undefined) throw new Error("Nothing was hashed.");
