import { Hono } from "hono";
import { isOfType } from "../../../contract/flag-value.ts";
import { NewOverride, OverridesQuery } from "../../../contract/override.ts";
import type { Override } from "../../../contract/override.ts";
import { WriteQuery } from "../../../contract/write-query.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { newId } from "../../../d1/id.ts";
import {
  deleteOverride,
  findOverride,
  findSameOverride,
  insertOverride,
  listOverrides,
} from "../../../d1/overrides.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { References, noVariant } from "../references.ts";
import { notFound } from "../refusals.ts";
import { typeInWords } from "../type-in-words.ts";
import { body, query } from "../valid.ts";
import { isDryRun, write } from "../write.ts";

/** What an override is of, by key, and what it gives. Throws 422 for what does not exist or does not fit. */
const resolve = async (
  d1: D1Database,
  { experiment, flag, environment, variant, value = null, unit_type }: NewOverride,
): Promise<Pick<Override, "experiment" | "flag" | "environment" | "variant" | "value" | "unit_type">> => {
  const references = await References.load(d1, {
    experiment: experiment === undefined ? [] : [experiment],
    flag: flag === undefined ? [] : [flag],
    environment: environment === undefined ? [] : [environment],
  });
  const ofExperiment = experiment === undefined ? undefined : references.experiment(experiment, "experiment");
  const ofFlag = flag === undefined ? undefined : references.flag(flag, "flag");
  if (ofExperiment && variant !== undefined) {
    const keys = ofExperiment.variants.map(({ key }) => key);
    if (!keys.includes(variant)) references.misfit("variant", noVariant(ofExperiment.key, variant, keys));
  }
  if (ofFlag && !isOfType(ofFlag.type, value))
    references.misfit("value", `Use ${typeInWords(ofFlag.type)}: the flag ${ofFlag.key} is of type ${ofFlag.type}.`);
  const resolved = {
    experiment: ofExperiment?.key ?? null,
    flag: ofFlag?.key ?? null,
    environment: environment === undefined ? null : references.key("environment", environment, "environment"),
    variant: variant ?? null,
    value,
    unit_type: unit_type ?? ofExperiment?.unit_type ?? ofFlag?.unit_type ?? "user_id",
  };
  references.check();
  return resolved;
};

export const overrides = new Hono<AdminEnv>()
  .get("/", allow("definitions.read"), query(OverridesQuery), async (c) => {
    const { experiment, flag, ...page } = c.req.valid("query");
    const references = await References.load(c.env.DB, {
      experiment: experiment === undefined ? [] : [experiment],
      flag: flag === undefined ? [] : [flag],
    });
    const filter = {
      experiment: experiment === undefined ? undefined : references.key("experiment", experiment, "experiment"),
      flag: flag === undefined ? undefined : references.key("flag", flag, "flag"),
    };
    references.check();
    return c.json(await listOverrides(c.env.DB, page, filter));
  })

  .post("/", allow("definitions.write"), query(WriteQuery), body(NewOverride), async (c) => {
    const written = c.req.valid("json");
    const created = await write(c, async () => {
      const result: Override = {
        id: newId("ovr"),
        unit: written.unit,
        ...(await resolve(c.env.DB, written)),
        created_at: new Date().toISOString(),
      };
      const before = await findSameOverride(c.env.DB, result);
      return {
        result,
        statements: [
          ...(before ? [deleteOverride(c.env.DB, before.id)] : []),
          insertOverride(c.env.DB, result, unitHash(result.unit_type, result.unit)),
        ],
        action: before ? "override.replace" : "override.create",
        target: `override:${result.id}`,
        change: { before: before ?? null, after: result },
        live: true,
      };
    });
    return c.json(created, isDryRun(c) ? 200 : 201);
  })

  .delete("/:id", allow("definitions.write"), query(WriteQuery), async (c) => {
    await write(c, async () => {
      const before = await findOverride(c.env.DB, c.req.param("id"));
      if (!before) throw notFound("override", c.req.param("id"));
      return {
        result: null,
        statements: [deleteOverride(c.env.DB, before.id)],
        action: "override.delete",
        target: `override:${before.id}`,
        change: { before, after: null },
        live: true,
      };
    });
    return c.body(null, 204);
  });
