import { Hono } from "hono";
import { LedgerQuery } from "../../../contract/ledger.ts";
import type { Ledger } from "../../../contract/ledger.ts";
import type { AdminEnv } from "../env.ts";
import { balance } from "../ledger-balance.ts";
import { allow } from "../permissions.ts";
import { environmentNamed } from "../references.ts";
import { readLedgers } from "../unit-shards.ts";
import { query } from "../valid.ts";

export const ledger = new Hono<AdminEnv>().get("/", allow("results.read"), query(LedgerQuery), async (c) => {
  const environment = await environmentNamed(c.env.DB, c.req.valid("query").environment);
  const ledgers = await readLedgers(c.env, environment);
  const result: Ledger = { environment: environment.key, as_of: new Date().toISOString(), ...balance(ledgers) };
  return c.json(result);
});
