import { Hono } from "hono";

/** The least that a Hono Worker can do: a constant with as many bytes as a decision has. */
const answer = { constant: "x".repeat(360) };

export default new Hono().get("/v1/decide", (c) => c.json(answer));
