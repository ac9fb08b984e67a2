import { Problem } from "../http/problem.ts";
import type { Env } from "./env.ts";

/** Any: the publisher is asked by its name. */
const HUB_URL = "https://publisher/";

/**
 * Connects a client's WebSocket to the environment's publisher, who tells it of each new version. Nothing of the client's
 * request is passed on: whether it may listen has been checked. Throws a 503 while the publisher takes nobody.
 */
export const joinHub = async (env: Env, environment: string): Promise<Response> => {
  const publisher = env.PUBLISHER.getByName(environment);
  const answer = await publisher.fetch(HUB_URL, { headers: { upgrade: "websocket" } }).catch((error: unknown) => {
    throw unavailable(5, error);
  });
  if (!answer.webSocket) throw unavailable(60);
  return new Response(null, { status: 101, webSocket: answer.webSocket });
};

const unavailable = (retryAfterS: number, cause?: unknown): Problem =>
  new Problem(503, "unavailable", "No more WebSockets are taken right now: try again, or listen without an upgrade.", {
    headers: { "retry-after": String(retryAfterS) },
    cause,
  });
