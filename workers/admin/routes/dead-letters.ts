import { Hono } from "hono";
import { DeadLetterReplay, DeadLettersQuery, type ReplayedDeadLetters } from "../../../contract/dead-letter.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { environmentNamed } from "../references.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

const unreachable = (cause: unknown): Problem =>
  new Problem(503, "unavailable", "The dead letters are out of reach. Try again in a moment.", {
    headers: { "retry-after": "2" },
    cause,
  });

/** Messages that could not be counted, by environment: `/environments/:environment/dead-letters`. */
export const deadLetters = new Hono<AdminEnv>()
  .get("/:environment/dead-letters", allow("results.read"), query(DeadLettersQuery), async (c) => {
    const { key } = await environmentNamed(c.env.DB, c.req.param("environment"));
    const { limit, cursor } = c.req.valid("query");
    try {
      return c.json(
        await c.env.DEAD_LETTERS.list({ environment: key, limit, ...(cursor === undefined ? {} : { cursor }) }),
      );
    } catch (error) {
      throw unreachable(error);
    }
  })

  .post(
    "/:environment/dead-letters/replay",
    allow("environments.write"),
    query(WriteQuery),
    body(DeadLetterReplay),
    async (c) => {
      const { key } = await environmentNamed(c.env.DB, c.req.param("environment"));
      const { ids } = c.req.valid("json");
      if (isDryRun(c)) {
        const { items, next_cursor } = await c.env.DEAD_LETTERS.list({ environment: key, limit: 100 }).catch(
          (error: unknown) => {
            throw unreachable(error);
          },
        );
        const there = items.map(({ id }) => id);
        return c.json({
          replayed: there.filter((id) => ids?.includes(id) ?? true),
          unknown: ids?.filter((id) => !there.includes(id)) ?? [],
          has_more: next_cursor !== null,
        } satisfies ReplayedDeadLetters);
      }
      // Replayed at once, and put on the record when that is its turn.
      const result = await c.env.DEAD_LETTERS.replay({ environment: key, ...(ids ? { ids } : {}) }).catch(
        (error: unknown) => {
          throw unreachable(error);
        },
      );
      await write(c, () =>
        Promise.resolve({
          result,
          statements: [],
          action: "dead_letters.replay",
          target: `environment:${key}`,
          change: { before: null, after: { replayed: result.replayed } },
        }),
      );
      return c.json(result);
    },
  );
