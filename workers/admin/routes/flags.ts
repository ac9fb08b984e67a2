import { Hono } from "hono";
import type { Context } from "hono";
import { FlagChange, FlagSwitch, FlagsQuery, NewFlag } from "../../../contract/flag.ts";
import type { Flag } from "../../../contract/flag.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { findEnvironment } from "../../../d1/environments.ts";
import { findFlag, insertFlag, listFlags, updateFlag } from "../../../d1/flags.ts";
import { newId, saltOf } from "../../../d1/id.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { checkStaysNull } from "../dependents.ts";
import { allow } from "../permissions.ts";
import { checkNobodyDepends } from "../prerequisites.ts";
import { keyTaken, notFound } from "../refusals.ts";
import { resolveFlag, rewrittenFlag } from "../resolve-flag.ts";
import { checkRevision, etagOf } from "../revision.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

/** An id, which a key of a flag's might look like: a reference has to be one or the other. */
const ID = /^flg_[0-9A-Z]+$/;

const get = async (c: Context<AdminEnv>, reference: string): Promise<Flag> => {
  const flag = await findFlag(c.env.DB, reference);
  if (!flag) throw notFound("flag", reference);
  return flag;
};

/** The flag that a write is about, at the revision that `If-Match` asks for. */
const getToWrite = async (c: Context<AdminEnv>, reference: string): Promise<Flag> => {
  const flag = await get(c, reference);
  checkRevision(c, flag, "flag");
  return flag;
};

const locked = (flag: Flag): Problem =>
  new Problem(409, "conflict", `The flag ${flag.key} is archived; bring it back with {"archived": false} first.`, {
    errors: [{ path: "archived", message: "Bring the flag back with false to change it." }],
  });

/** What may change without anybody being answered anything else. */
const WORDS = new Set(["name", "description"]);

export const flags = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(FlagsQuery), async (c) => {
    const { archived = "0", ...page } = c.req.valid("query");
    return c.json(await listFlags(c.env.DB, page, { archived: archived === "1" || archived === "true" }));
  })

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewFlag), async (c) => {
    const written = c.req.valid("json");
    const { key } = written;
    if (ID.test(key))
      throw new Problem(400, "invalid_request", "key: This looks like an id; use another key.", {
        errors: [{ path: "key", message: "This looks like an id; use another key." }],
      });
    const created = await write(c, async () => {
      if (await findFlag(c.env.DB, key)) throw keyTaken("flag", key);
      const at = new Date().toISOString();
      const id = newId("flg");
      const result = await resolveFlag(c.env.DB, written, {
        id,
        salt: saltOf(id),
        archived: false,
        revision: 1,
        created_at: at,
        updated_at: at,
      });
      return {
        result,
        statements: [insertFlag(c.env.DB, result)],
        action: "flag.create",
        target: `flag:${key}`,
        change: { before: null, after: result },
        live: true,
      };
    });
    c.header("etag", etagOf(created));
    return c.json(created, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => {
    const flag = await get(c, c.req.param("key"));
    c.header("etag", etagOf(flag));
    return c.json(flag);
  })

  .patch("/:key", allow("definitions.write"), query(WriteQuery), body(FlagChange), async (c) => {
    const change = c.req.valid("json");
    const changed = await write(c, async () => {
      const before = await getToWrite(c, c.req.param("key"));
      const archived = change.archived ?? before.archived;
      if (before.archived && archived) throw locked(before);
      if (archived) await checkNobodyDepends(c.env.DB, { kind: "flag", key: before.key }, "archived");
      const identity = { ...before, archived, revision: before.revision + 1, updated_at: new Date().toISOString() };
      // What is only put away need not fit what has become of the experiments that hang on it.
      const isPutAway = archived && Object.keys(change).length === 1;
      const result = isPutAway ? identity : await resolveFlag(c.env.DB, rewrittenFlag(before, change), identity);
      await checkStaysNull(c.env.DB, before, result);
      return {
        result,
        statements: [updateFlag(c.env.DB, result)],
        action: archived ? "flag.archive" : "flag.change",
        target: `flag:${before.key}`,
        change: { before, after: result },
        live: Object.keys(change).some((field) => !WORDS.has(field)),
      };
    });
    c.header("etag", etagOf(changed));
    return c.json(changed);
  })

  .patch(
    "/:key/environments/:environment",
    allow("experiments.run"),
    query(WriteQuery),
    body(FlagSwitch),
    async (c) => {
      const { enabled } = c.req.valid("json");
      const reference = c.req.param("environment");
      const changed = await write(c, async () => {
        const before = await getToWrite(c, c.req.param("key"));
        const environment = await findEnvironment(c.env.DB, reference);
        if (!environment) throw notFound("environment", reference);
        if (before.archived) throw locked(before);
        const rules = before.environments[environment.key]?.rules ?? [];
        const result: Flag = {
          ...before,
          environments: { ...before.environments, [environment.key]: { enabled, rules } },
          revision: before.revision + 1,
          updated_at: new Date().toISOString(),
        };
        return {
          result,
          statements: [updateFlag(c.env.DB, result)],
          action: enabled ? "flag.switch_on" : "flag.switch_off",
          target: `flag:${before.key}`,
          change: {
            before: { environment: environment.key, enabled: before.environments[environment.key]?.enabled ?? false },
            after: { environment: environment.key, enabled },
          },
          live: true,
        };
      });
      c.header("etag", etagOf(changed));
      return c.json(changed);
    },
  );
