import { Hono } from "hono";
import { LedgerQuery } from "../../../contract/ledger.ts";
import type { Ledger } from "../../../contract/ledger.ts";
import { findEnvironment } from "../../../d1/environments.ts";
import type { AdminEnv } from "../env.ts";
import { balance } from "../ledger-balance.ts";
import { allow } from "../permissions.ts";
import { notFound } from "../refusals.ts";
import { readLedgers } from "../unit-shards.ts";
import { query } from "../valid.ts";

export const ledger = new Hono<AdminEnv>().get("/", allow("results.read"), query(LedgerQuery), async (c) => {
  const { environment: key } = c.req.valid("query");
  const environment = await findEnvironment(c.env.DB, key);
  if (!environment) throw notFound("environment", key);
  const ledgers = await readLedgers(c.env, environment);
  const result: Ledger = { environment: key, as_of: new Date().toISOString(), ...balance(ledgers) };
  return c.json(result);
});
