import type { Context, MiddlewareHandler, Next } from "hono";
import type { AnySchema, InputOf, OutputOf } from "../../contract/schema.ts";
import { readJson } from "../http/body.ts";
import { issuesOf } from "../http/issues.ts";
import { isNestedDeeperThan } from "../http/nesting.ts";
import { Problem } from "../http/problem.ts";
import { described } from "./described.ts";
import type { AdminEnv } from "./env.ts";

const MAX_BODY_BYTES = 256 * 1024;
/** Schemas of JSON recur, so what is nested without end would end their stack. */
const MAX_NESTING = 64;

/** The value as the schema has it. Throws 400 `invalid_request` with a path and a sentence for each mistake. */
export const parse = <Schema extends AnySchema>(schema: Schema, value: unknown): OutputOf<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = issuesOf(parsed.error);
  const first = errors[0];
  throw new Problem(
    400,
    "invalid_request",
    first === undefined ? "The request is not valid." : `${first.path === "" ? "" : `${first.path}: `}${first.message}`,
    { errors },
  );
};

/**
 * Checks the JSON body and hands it to the handler as `c.req.valid("json")`. Refuses with 415 anything not said to be JSON,
 * 413 past `maxBytes` (256 KB), 400 what is not JSON or what the schema does not allow.
 */
export const body = <Schema extends AnySchema>(
  schema: Schema,
  maxBytes: number = MAX_BODY_BYTES,
): MiddlewareHandler<AdminEnv, string, { in: { json: InputOf<Schema> }; out: { json: OutputOf<Schema> } }> =>
  described(
    async (c: Context<AdminEnv>, next: Next) => {
      if (!/^application\/(?:[\w.-]+\+)?json(?:;|$)/i.test(c.req.header("content-type") ?? ""))
        throw new Problem(415, "unsupported_media_type", "Send JSON, with the header Content-Type: application/json.");
      const value = await readJson(c.req.raw, maxBytes);
      if (isNestedDeeperThan(MAX_NESTING, value)) {
        const message = `Nest arrays and objects at most ${MAX_NESTING} deep.`;
        throw new Problem(400, "invalid_request", message, { errors: [{ path: "", message }] });
      }
      c.req.addValidatedData("json", parse(schema, value) as object);
      await next();
    },
    { body: schema },
  );

/** Checks the query string and hands it to the handler as `c.req.valid("query")`; 400 for what the schema does not allow, or is there twice. */
export const query = <Schema extends AnySchema>(
  schema: Schema,
): MiddlewareHandler<AdminEnv, string, { in: { query: InputOf<Schema> }; out: { query: OutputOf<Schema> } }> =>
  described(
    async (c: Context<AdminEnv>, next: Next) => {
      const errors = Object.entries(c.req.queries())
        .filter(([, values]) => values.length > 1)
        .map(([path]) => ({ path, message: "Give it once." }));
      const [first] = errors;
      if (first) throw new Problem(400, "invalid_request", `${first.path}: ${first.message}`, { errors });
      c.req.addValidatedData("query", parse(schema, c.req.query()) as object);
      await next();
    },
    { query: schema },
  );
