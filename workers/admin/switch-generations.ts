import type { Environment } from "../../contract/environment.ts";
import type { Replay } from "../../contract/replay.ts";
import { commit } from "../../d1/commit.ts";
import { allEnvironments, findEnvironment } from "../../d1/environments.ts";
import { moveEnvironment } from "../../d1/generations.ts";
import type { Env } from "./env.ts";
import { publishAll } from "./publish.ts";

type Bindings = Pick<Env, "DB" | "PUBLISHER" | "REPLAY">;

/** Whether the environment is on the generation that a switch leads to. */
const isOn = ({ generation }: Environment, { to }: Replay): boolean => generation >= to.generation;

/**
 * Puts an environment on the generation that its replay has filled and handed over to, if there is such a one: it is written
 * down, published, and the replay is told, in this order. Whatever interrupts it, doing it again ends it. True when the
 * environment was moved.
 */
export const switchGeneration = async (env: Bindings, { key }: Pick<Environment, "key">): Promise<boolean> => {
  const replay = env.REPLAY.getByName(key);
  const ready = await replay.ready();
  if (!ready) return false;
  const { to } = ready;
  const present = await findEnvironment(env.DB, key);
  if (!present) throw new Error(`The environment ${key} is gone.`);
  if (!isOn(present, ready))
    await commit(env.DB, `replay:${ready.id}`, async () => {
      const before = (await findEnvironment(env.DB, key)) ?? present;
      const after: Environment = isOn(before, ready) ? before : { ...before, ...to };
      return {
        result: null,
        statements: [moveEnvironment(env.DB, after.id, after)],
        action: "environment.reshard",
        target: `environment:${key}`,
        change: { before, after },
      };
    });
  await publishAll(env);
  await replay.published(to.generation);
  return true;
};

/** For every environment, as a cron does it. One that fails does not keep the others from theirs; it throws in the end. */
export const switchGenerations = async (env: Bindings): Promise<void> => {
  const outcomes = await Promise.allSettled(
    (await allEnvironments(env.DB)).map((environment) => switchGeneration(env, environment)),
  );
  const failures = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason as unknown);
  if (failures.length > 0)
    throw new AggregateError(failures, "Some environments were not put on their new generation.");
};
