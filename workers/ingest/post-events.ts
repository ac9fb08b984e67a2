import { EventBatch, MAX_BATCH_BYTES } from "../../contract/event.ts";
import { readJson } from "../http/body.ts";
import { issuesOf } from "../http/issues.ts";
import { corsHeaders, preflight } from "../http/cors.ts";
import { readCredential } from "../http/credentials.ts";
import { Problem, problemResponse } from "../http/problem.ts";
import { authenticate, unavailable } from "./authenticate.ts";
import type { Env } from "./env.ts";
import { takeBatch } from "./take-batch.ts";

/** The key that `sendBeacon` puts into the body, because it can set no header. */
const keyInBody = (body: unknown): string | undefined =>
  typeof body === "object" && body !== null && "key" in body && typeof body.key === "string" ? body.key : undefined;

const postEvents = async (request: Request, env: Env, ctx: ExecutionContext, requestId: string): Promise<Response> => {
  const receivedAt = Date.now();
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new Problem(
      415,
      "unsupported_media_type",
      `Send the body as plain JSON, without Content-Encoding; ${encoding} is not unpacked here.`,
      { headers: { "accept-encoding": "identity" } },
    );
  const credential = readCredential(request);
  const known = credential === undefined ? undefined : await authenticate(env, ctx, credential, receivedAt);
  const body = await readJson(request, MAX_BATCH_BYTES);
  const rules = known ?? (await authenticate(env, ctx, keyInBody(body), receivedAt));

  const batch = EventBatch.safeParse(body);
  if (!batch.success) {
    const errors = issuesOf(batch.error);
    throw new Problem(400, "invalid_request", "Send {batch_id, events: [1 to 500 events]}; see the errors.", {
      errors,
    });
  }
  const { batch_id, sent_at, events } = batch.data;
  try {
    const receipt = await takeBatch(env, ctx, rules, { batch_id, sent_at, events, receivedAt });
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
    if (request.method === "OPTIONS") return preflight("POST");
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
