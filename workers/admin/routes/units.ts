import { Hono } from "hono";
import { type UnitDeletion, UnitDeletionQuery } from "../../../contract/replay.ts";
import { unitHash } from "../../../core/unit-hash.ts";
import { findUnitIdSalt } from "../../../d1/environments.ts";
import { hashUnit } from "../../http/hash-unit.ts";
import { Problem } from "../../http/problem.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { environmentNamed } from "../references.ts";
import { parse, query } from "../valid.ts";
import { write } from "../write.ts";
import { UnitType } from "../../../contract/key.ts";

const unreachable = (cause: unknown): Problem =>
  new Problem(503, "unavailable", "It is not certain that the unit is deleted everywhere. Delete it again.", {
    headers: { "retry-after": "2" },
    cause,
  });

/** What is known of units: `/units/:type/:id`. */
export const units = new Hono<AdminEnv>().delete(
  "/:type/:id",
  allow("units.delete"),
  query(UnitDeletionQuery),
  async (c) => {
    const environment = await environmentNamed(c.env.DB, c.req.valid("query").environment);
    const { key, generation, shards } = environment;
    const unit_type = parse(UnitType, c.req.param("type"));
    const id = c.req.param("id").toWellFormed();
    const salt = await findUnitIdSalt(c.env.DB, key);
    const unit = salt === undefined ? id : await hashUnit(salt, unit_type, id);
    const deleted_at = Date.now();

    const { existed } = await c.env.REPLAY.getByName(key)
      .deleteUnit(key, { generation, shards }, { unit_type, unit, deleted_at })
      .catch((error: unknown) => {
        throw unreachable(error);
      });
    // It only shows what came lately, and what it does not forget now is gone within the day.
    await c.env.EVENT_TAIL.getByName(key)
      .forget(unit_type, unit)
      .catch((error: unknown) => {
        console.error(JSON.stringify({ message: "event tail not cleaned", environment: key, error: String(error) }));
      });
    const result: UnitDeletion = {
      environment: key,
      unit_type,
      deleted_at: new Date(deleted_at).toISOString(),
      existed,
    };
    // The record names the unit by its hash: whoever has the id can tell that it was this one, and nobody else.
    await write(c, () =>
      Promise.resolve({
        result,
        statements: [],
        action: "unit.delete",
        target: `unit:${unit_type}:${unitHash(unit_type, unit)}`,
        change: { before: null, after: { environment: key, existed } },
      }),
    );
    return c.json(result);
  },
);
