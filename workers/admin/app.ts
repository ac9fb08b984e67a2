import { Hono } from "hono";
import { Problem, problemResponse } from "../http/problem.ts";
import { authenticate } from "./authentication.ts";
import type { AdminEnv } from "./env.ts";
import { methodsFor } from "./other-methods.ts";
import { openApiOf } from "./openapi.ts";
import { StaleRevision } from "./revision.ts";
import { apiKeys } from "./routes/api-keys.ts";
import { audiences } from "./routes/audiences.ts";
import { auditEvents } from "./routes/audit-events.ts";
import { deadLetters } from "./routes/dead-letters.ts";
import { environments } from "./routes/environments.ts";
import { eventTail } from "./routes/event-tail.ts";
import { experiments } from "./routes/experiments.ts";
import { flags } from "./routes/flags.ts";
import { health } from "./routes/health.ts";
import { holdouts } from "./routes/holdouts.ts";
import { layers } from "./routes/layers.ts";
import { ledger } from "./routes/ledger.ts";
import { live } from "./routes/live.ts";
import { metrics } from "./routes/metrics.ts";
import { overrides } from "./routes/overrides.ts";
import { replays } from "./routes/replays.ts";
import { results } from "./routes/results.ts";
import { session } from "./routes/session.ts";
import { setup } from "./routes/setup.ts";
import { units } from "./routes/units.ts";

/** The admin API. `AdminApi` is its type, for the dashboard's typed client. */
export const app = new Hono<AdminEnv>()
  .use(async (c, next) => {
    c.set("request_id", crypto.randomUUID());
    await next();
    c.header("x-request-id", c.get("request_id"));
    c.header("cache-control", "no-store");
  })
  .use(authenticate)
  .basePath("/api/v1")
  .route("/health", health)
  .route("/setup", setup)
  .route("/session", session)
  .route("/environments", environments)
  .route("/environments", deadLetters)
  .route("/environments", eventTail)
  .route("/environments", replays)
  .route("/layers", layers)
  .route("/metrics", metrics)
  .route("/audiences", audiences)
  .route("/experiments", experiments)
  .route("/experiments", live)
  .route("/flags", flags)
  .route("/holdouts", holdouts)
  .route("/overrides", overrides)
  .route("/api-keys", apiKeys)
  .route("/results", results)
  .route("/ledger", ledger)
  .route("/units", units)
  .route("/audit-events", auditEvents);

export type AdminApi = typeof app;

let openApi: string | undefined;
app.get("/openapi.json", (c) => {
  openApi ??= JSON.stringify(openApiOf(app.routes));
  return c.body(openApi, 200, { "content-type": "application/json" });
});

app.notFound((c) => {
  const { method, path } = c.req;
  const others = methodsFor(path, app.routes).join(", ");
  const problem =
    others === ""
      ? new Problem(404, "not_found", `There is no route ${path}.`)
      : new Problem(405, "method_not_allowed", `${path} takes ${others}, not ${method}.`, {
          headers: { allow: others },
        });
  return problemResponse(problem, c.get("request_id"));
});

app.onError(async (error, c) => {
  const requestId = c.get("request_id");
  if (error instanceof StaleRevision) {
    const refused = problemResponse(error, requestId);
    return new Response(JSON.stringify({ ...(await refused.json<object>()), current: error.current }), refused);
  }
  if (error instanceof Problem) return problemResponse(error, requestId);
  console.error(JSON.stringify({ message: error.message, request_id: requestId, stack: error.stack }));
  return problemResponse(
    new Problem(
      500,
      "internal",
      `Something of ours broke. Nothing is known to be wrong with your request; quote ${requestId}.`,
    ),
    requestId,
  );
});
