import { EventBatch, MAX_BATCH_BYTES } from "../../contract/event.ts";
import { readPackedJson } from "../http/body.ts";
import { issuesOf } from "../http/issues.ts";
import { corsHeaders, preflight } from "../http/cors.ts";
import { readCredential } from "../http/credentials.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import { authenticate, unavailable } from "./authenticate.ts";
import type { Env } from "./env.ts";
import { isKnownBot } from "./is-known-bot.ts";
import { takeBatch } from "./take-batch.ts";

/** The key that `sendBeacon` puts into the body, because it can set no header. */
const keyInBody = (body: unknown): string | undefined =>
  typeof body === "object" && body !== null && "key" in body && typeof body.key === "string" ? body.key : undefined;

/** The batch that a body is. Throws a {@link Problem}, 400, for one that is none. */
const batchOf = (body: unknown): EventBatch => {
  const batch = EventBatch.safeParse(body);
  if (batch.success) return batch.data;
  throw new Problem(400, "invalid_request", "Send {batch_id, events: [1 to 500 events]}; see the errors.", {
    errors: issuesOf(batch.error),
  });
};

const postEvents = async (request: Request, env: Env, ctx: ExecutionContext, requestId: string): Promise<Response> => {
  const receivedAt = Date.now();
  const credential = readCredential(request);
  const known = credential === undefined ? undefined : await authenticate(request, env, ctx, credential, receivedAt);
  const body = await readPackedJson(request, MAX_BATCH_BYTES);
  const { rules, key } = known ?? (await authenticate(request, env, ctx, keyInBody(body), receivedAt));
  const { batch_id, sent_at, events } = batchOf(body);
  // A server's client is a program, and sends what people did.
  const isBot = key.type === "client" && isKnownBot(request.headers.get("user-agent"));
  try {
    const receipt = await takeBatch(env, ctx, rules, { batch_id, sent_at, events, receivedAt, isBot });
    return Response.json(receipt, {
      status: 202,
      headers: { ...corsHeaders, "cache-control": "no-store", "x-request-id": requestId },
    });
  } catch (error) {
    console.error({ event: "batch_not_queued", request_id: requestId, error: String(error) });
    throw unavailable("The batch could not be queued. Keep it and send it again.", error);
  }
};

/**
 * `POST /v1/events`. 202 means that every event of the batch is durable, or named in `rejected` with the reason: a batch of
 * nothing but bad events is taken like any other, since sending it again would not make it better. Anything else means
 * that nothing may be counted on, and 503 that the same batch should be sent again after `Retry-After` seconds.
 */
export const handleRequest = async (request: Request, env: Env, ctx: ExecutionContext): Promise<Response> => {
  const requestId = crypto.randomUUID();
  try {
    if (new URL(request.url).pathname !== "/v1/events")
      throw new Problem(404, "not_found", "Events are taken at POST /v1/events.");
    if (request.method === "OPTIONS") return preflight("POST", "content-encoding");
    if (request.method !== "POST")
      throw new Problem(405, "method_not_allowed", "Use POST.", { headers: { allow: "POST, OPTIONS" } });
    return await postEvents(request, env, ctx, requestId);
  } catch (error) {
    if (!(error instanceof Problem))
      console.error({ event: "request_failed", request_id: requestId, error: String(error) });
    const problem = error instanceof Problem ? error : new Problem(500, "internal", "Something broke on our side.");
    const response = problemResponse(problem, requestId);
    for (const [name, value] of Object.entries(corsHeaders)) response.headers.set(name, value);
    return response;
  }
};
