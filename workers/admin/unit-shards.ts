import type { Environment } from "../../contract/environment.ts";
import type { LedgerCounts } from "../../contract/ledger.ts";
import type { SumsCell, SumsKind } from "../../contract/sums.ts";
import { shardName } from "../../durable-objects/shard-name.ts";
import type { UnitShard } from "../../durable-objects/unit-shard.ts";
import { Problem } from "../http/problem.ts";
import type { Env } from "./env.ts";

/** Asks every shard of the environment's generation, side by side. All must answer: a part of the sums is not a result. */
const askShards = async <Answer>(
  env: Pick<Env, "UNIT_SHARD">,
  { key, generation, shards }: Environment,
  ask: (shard: DurableObjectStub<UnitShard>) => Promise<Answer>,
): Promise<Answer[]> => {
  try {
    return await Promise.all(
      Array.from({ length: shards }, (_, shard) => ask(env.UNIT_SHARD.getByName(shardName(key, generation, shard)))),
    );
  } catch (cause) {
    throw new Problem(503, "unavailable", `Some counts of ${key} could not be read. Try again in a moment.`, {
      headers: { "retry-after": "2" },
      cause,
    });
  }
};

/** A shard answers with at most 32 MiB; an experiment of two months and ten metrics takes 0.3 of them by day. */
const EXPERIMENTS_A_CALL = 10;

/** The cells of all shards, as they are: cells of the same name add up, and the analysis adds them. */
export const readSums = async (
  env: Pick<Env, "UNIT_SHARD">,
  environment: Environment,
  { experiment_ids, kinds }: { readonly experiment_ids: readonly string[]; readonly kinds: readonly SumsKind[] },
): Promise<SumsCell[]> => {
  const cells: SumsCell[][] = [];
  for (let first = 0; first < experiment_ids.length; first += EXPERIMENTS_A_CALL) {
    const some = experiment_ids.slice(first, first + EXPERIMENTS_A_CALL);
    cells.push(...(await readSumsByShard(env, environment, { experiment_ids: some, kinds })));
  }
  return cells.flat();
};

/** The same, one list a shard: for those who must know which values each shard has kept. With `names`, those of these dimensions only. */
export const readSumsByShard = (
  env: Pick<Env, "UNIT_SHARD">,
  environment: Environment,
  {
    experiment_ids,
    kinds,
    names,
  }: {
    readonly experiment_ids: readonly string[];
    readonly kinds: readonly SumsKind[];
    readonly names?: readonly string[];
  },
): Promise<SumsCell[][]> =>
  askShards(env, environment, async (shard) =>
    shard.sums({ experiment_ids: [...experiment_ids], kinds: [...kinds], ...(names && { names: [...names] }) }),
  );

export const readLedgers = (env: Pick<Env, "UNIT_SHARD">, environment: Environment): Promise<LedgerCounts[]> =>
  askShards(env, environment, async (shard) => shard.ledger());
