import { Hono } from "hono";
import type { Context } from "hono";
import type { EventTail, TailEvent } from "../../../contract/event-tail.ts";
import { findEnvironment } from "../../../d1/environments.ts";
import { Problem } from "../../http/problem.ts";
import { checkOrigin } from "../authentication.ts";
import type { AdminEnv } from "../env.ts";
import { allow } from "../permissions.ts";
import { notFound } from "../refusals.ts";

/** Any: the tail is asked by its name. */
const TAIL_URL = "https://tail/";

const unavailable = (retryAfterS: string, cause?: unknown): Problem =>
  new Problem(503, "unavailable", "The tail of events takes no more listeners right now; try again.", {
    headers: { "retry-after": retryAfterS },
    cause,
  });

const listen = async (c: Context<AdminEnv>, environment: string): Promise<Response> => {
  // Browsers send cookies along with WebSockets that other origins open, and ask nobody before.
  if (c.get("principal").kind === "user") checkOrigin(c);
  const tail = c.env.EVENT_TAIL.getByName(environment);
  const answer = await tail.fetch(TAIL_URL, { headers: { upgrade: "websocket" } }).catch((error: unknown) => {
    throw unavailable("5", error);
  });
  if (!answer.webSocket) throw unavailable(answer.headers.get("retry-after") ?? "5");
  return new Response(null, { status: 101, webSocket: answer.webSocket });
};

/** By WebSocket when the request asks for an upgrade; otherwise what is kept by now. */
export const eventTail = new Hono<AdminEnv>().get("/:key/events/tail", allow("results.read"), async (c) => {
  const environment = await findEnvironment(c.env.DB, c.req.param("key"));
  if (!environment) throw notFound("environment", c.req.param("key"));
  if (c.req.header("upgrade")?.toLowerCase() === "websocket") return listen(c, environment.key);
  const kept = await c.env.EVENT_TAIL.getByName(environment.key)
    .recent()
    .catch((error: unknown) => {
      throw unavailable("5", error);
    });
  // Types of RPC know no tuples.
  const result: EventTail = { items: (kept as TailEvent[]).toReversed() };
  return c.json(result);
});
