import { Hono } from "hono";

/** The least that a Hono Worker can do: a constant with as many bytes as the decision beside it has. */
export default new Hono<{ Bindings: { readonly BYTES: string } }>().on(["GET", "POST"], "/v1/decide", (c) =>
  c.json(constantOf(c.env.BYTES)),
);

let constant: { readonly constant: string } | undefined;
const constantOf = (bytes: string): { readonly constant: string } =>
  (constant ??= { constant: "x".repeat(Math.max(0, Number(bytes) - '{"constant":""}'.length)) });
