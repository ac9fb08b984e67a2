import { Hono } from "hono";
import { AudienceChange, MAX_AUDIENCE_BYTES, MAX_AUDIENCE_IDS, NewAudience } from "../../../contract/audience.ts";
import type { Audience } from "../../../contract/audience.ts";
import { pageQueryOf } from "../../../contract/page.ts";
import type { Rule } from "../../../contract/targeting.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { changeIdList, encodeIdList, idListOf } from "../../../core/id-list.ts";
import {
  findAudience,
  insertAudience,
  listAudiences,
  readAudienceRules,
  readIdList,
  updateAudience,
  updateAudienceRules,
} from "../../../d1/audiences.ts";
import type { StoredList } from "../../../d1/audiences.ts";
import { newId } from "../../../d1/id.ts";
import { Problem } from "../../http/problem.ts";
import { checkNoCircle, checkUnused } from "../audience-use.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { References, audiencesIn } from "../references.ts";
import { keyFrom, keyTaken, notFound } from "../refusals.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

/** The rules as stored, with audiences named by key. Throws 400 and 422 as {@link References.check} does. */
const resolveRules = async (d1: D1Database, written: readonly Rule[]): Promise<Rule[]> => {
  const references = await References.load(d1, { audience: audiencesIn(written) });
  const rules = references.rules(written, "rules");
  references.check();
  return rules;
};

const get = async (d1: D1Database, reference: string): Promise<Audience> => {
  const audience = await findAudience(d1, reference);
  if (!audience) throw notFound("audience", reference);
  return audience;
};

/** What an audience shows of its list. */
const shownOf = ({ attribute, list }: StoredList): Audience["ids"] =>
  list === null ? null : { attribute, count: idListOf(list).count };

/** The list after a change, which must not be longer than an audience's may be. */
const changedList = (
  stored: StoredList,
  { ids, add_ids: add = [], remove_ids: remove = [] }: AudienceChange,
): StoredList => {
  const list = ids ? encodeIdList(ids) : changeIdList(stored.list ?? encodeIdList([]), { add, remove });
  const { count } = idListOf(list);
  if (count > MAX_AUDIENCE_IDS) {
    const message = `That would make ${count} ids; an audience has at most ${MAX_AUDIENCE_IDS}.`;
    throw new Problem(422, "invalid_request", `add_ids: ${message}`, { errors: [{ path: "add_ids", message }] });
  }
  return { attribute: stored.attribute, list };
};

/** The fields of a change that say who is on the list. */
const LIST_FIELDS = ["ids", "add_ids", "remove_ids"] as const;

export const audiences = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(pageQueryOf("aud")), async (c) =>
    c.json(await listAudiences(c.env.DB, c.req.valid("query"))),
  )

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewAudience, MAX_AUDIENCE_BYTES), async (c) => {
    const { name, rules, ids, id_attribute, ...given } = c.req.valid("json");
    const key = keyFrom({ ...given, name });
    const list: StoredList = { attribute: id_attribute, list: ids ? encodeIdList(ids) : null };
    const audience = await write(c, async () => {
      if (await findAudience(c.env.DB, key)) throw keyTaken("audience", key);
      const result: Audience = {
        id: newId("aud"),
        key,
        name,
        // Nobody can ask for it yet, so its rules cannot come back to it.
        rules: await resolveRules(c.env.DB, rules),
        ids: shownOf(list),
        created_at: new Date().toISOString(),
      };
      return {
        result,
        statements: [insertAudience(c.env.DB, result, list)],
        action: "audience.create",
        target: `audience:${key}`,
        change: { before: null, after: result },
      };
    });
    return c.json(audience, isDryRun(c) ? 200 : 201);
  })

  .get("/:key", allow("definitions.read"), async (c) => c.json(await get(c.env.DB, c.req.param("key"))))

  .patch(
    "/:key",
    allow("definitions.write"),
    query(WriteQuery),
    body(AudienceChange, MAX_AUDIENCE_BYTES),
    async (c) => {
      const change = c.req.valid("json");
      const named = LIST_FIELDS.filter((field) => change[field] !== undefined);
      const changed = await write(c, async () => {
        const before = await get(c.env.DB, c.req.param("key"));
        const rules = change.rules ? await resolveRules(c.env.DB, change.rules) : before.rules;
        const stored = named.length === 0 ? undefined : await readIdList(c.env.DB, before.id);
        const list = stored && changedList(stored, change);
        const result: Audience = {
          ...before,
          name: change.name ?? before.name,
          rules,
          ids: list ? shownOf(list) : before.ids,
        };
        if (rules.length === 0 && result.ids === null) {
          const message = "Give rules or ids; an audience with neither has no members.";
          throw new Problem(400, "invalid_request", `rules: ${message}`, { errors: [{ path: "rules", message }] });
        }
        const fields = [
          ...(JSON.stringify(rules) === JSON.stringify(before.rules) ? [] : ["rules"]),
          ...(list?.list === stored?.list ? [] : named),
        ];
        if (fields.length > 0) {
          const rulesOf = await readAudienceRules(c.env.DB);
          checkNoCircle(before.key, rules, rulesOf);
          const onlyGrows = fields.every((field) => field === "add_ids");
          await checkUnused(c.env.DB, before.key, rulesOf, { fields, onlyGrows });
        }
        return {
          result,
          statements: [list ? updateAudience(c.env.DB, result, list) : updateAudienceRules(c.env.DB, result)],
          action: "audience.change",
          target: `audience:${before.key}`,
          change: { before, after: result },
          live: fields.length > 0,
        };
      });
      return c.json(changed);
    },
  );
