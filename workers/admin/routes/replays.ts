import { Hono } from "hono";
import { NewReplay, type Replay, type ReplayList } from "../../../contract/replay.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { allExperimentIds } from "../../../d1/generations.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { environmentNamed } from "../references.ts";
import { notFound } from "../refusals.ts";
import { switchGeneration } from "../switch-generations.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

const unreachable = (cause: unknown): Problem =>
  new Problem(503, "unavailable", "Replays are out of reach. Try again in a moment.", {
    headers: { "retry-after": "2" },
    cause,
  });

/**
 * The replays of an environment, newest first. Whoever looks brings a switch that is ready to its end, so that nobody who
 * waits for it waits for the cron.
 */
const list = async (env: AdminEnv["Bindings"], key: string): Promise<Replay[]> => {
  try {
    const replays = (): Promise<Replay[]> => env.REPLAY.getByName(key).list();
    const found = await replays();
    if (!found.some(({ stage }) => stage === "ready")) return found;
    await switchGeneration(env, { key });
    return await replays();
  } catch (error) {
    throw unreachable(error);
  }
};

/** Rebuilding counts from the archive, by environment: `/environments/:environment/replays`. */
export const replays = new Hono<AdminEnv>()
  .get("/:environment/replays", allow("results.read"), async (c) => {
    const { key } = await environmentNamed(c.env.DB, c.req.param("environment"));
    return c.json({ items: await list(c.env, key) } satisfies ReplayList);
  })

  .get("/:environment/replays/:id", allow("results.read"), async (c) => {
    const { key } = await environmentNamed(c.env.DB, c.req.param("environment"));
    const replay = (await list(c.env, key)).find(({ id }) => id === c.req.param("id"));
    if (!replay) throw notFound("replay", c.req.param("id"));
    return c.json(replay);
  })

  .post("/:environment/replays", allow("environments.write"), query(WriteQuery), body(NewReplay), async (c) => {
    const { shards, switch: isSwitch, force } = c.req.valid("json");
    const { key, generation, ...environment } = await environmentNamed(c.env.DB, c.req.param("environment"));
    const order = {
      environment: key,
      from: { generation, shards: environment.shards },
      shards: shards ?? environment.shards,
      switch: isSwitch,
      force,
      experiment_ids: await allExperimentIds(c.env.DB),
    };
    if (isDryRun(c)) return c.json({ switch: isSwitch, from: order.from, shards: order.shards });
    const started = await c.env.REPLAY.getByName(key)
      .start(order)
      .catch((error: unknown) => {
        throw unreachable(error);
      });
    if (started.kind === "refused") throw new Problem(409, "conflict", started.reason);
    const { replay } = started;
    // Begun at once, and put on the record when that is its turn.
    await write(c, () =>
      Promise.resolve({
        result: replay,
        statements: [],
        action: isSwitch ? "environment.reshard_begin" : "environment.replay",
        target: `environment:${key}`,
        change: { before: null, after: { id: replay.id, from: replay.from, to: replay.to, force } },
      }),
    );
    return c.json(replay, 201);
  });
