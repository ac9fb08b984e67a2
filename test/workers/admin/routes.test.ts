import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { app } from "../../../workers/admin/app.ts";
import { type AdminApi, startAdmin } from "./admin-api.ts";

/** Every route, with a made-up name where it takes one. */
const routes = [
  ...new Set(
    app.routes
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace("/api/v1", "").replaceAll(/:\w+/g, "some")}`),
  ),
].map((route) => route.split(" ") as [string, string]);

const PUBLIC = ["POST /setup", "POST /session", "GET /health", "GET /openapi.json"];
const guarded = routes.filter(([method, path]) => !PUBLIC.includes(`${method} ${path}`));
const writes = guarded.filter(([method, path]) => method !== "GET" && path !== "/session");

describe("every route of the admin API", () => {
  let api: AdminApi;
  let admin: string;
  let viewer: string;
  let editor: string;
  let sdkKey: string;
  beforeAll(async () => {
    api = await startAdmin();
    admin = await api.cookieOf("admin");
    viewer = await api.cookieOf("viewer");
    editor = await api.cookieOf("editor");
    sdkKey = await api.createKey("server", "production");
  });
  afterAll(() => api.close());

  it("is walked by these tests", () => {
    expect(guarded.length).toBeGreaterThan(25);
  });

  it.each(guarded)("answers 401 without credentials: %s %s", async (method, path) => {
    const { status, body, headers } = await api.call(method, path, undefined, {});
    expect([status, body.code, body.status]).toEqual([401, "missing_credentials", 401]);
    expect(body.errors.map((error) => error.path)).toEqual(["authorization"]);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("x-request-id")).toBe(body.request_id);
  });

  it.each(guarded)("answers 401 to a key that is not known: %s %s", async (method, path) => {
    const { status, body } = await api.call(method, path, undefined, { "x-api-key": `ew_admin_${"x".repeat(32)}` });
    expect([status, body.code]).toEqual([401, "invalid_credentials"]);
  });

  it.each(guarded)("answers 403 with a sentence to an SDK key: %s %s", async (method, path) => {
    const { status, body } = await api.call(method, path, undefined, { authorization: `Bearer ${sdkKey}` });
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(body.detail).toMatch(/SDK key/);
  });

  it.each(writes)("refuses a viewer what writes: %s %s", async (method, path) => {
    const { status, body } = await api.call(method, path, {}, { cookie: viewer, origin: api.origin });
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(body.detail).toMatch(/role viewer/);
  });

  it.each(writes.filter(([, path]) => /^\/(?:environments(?:\/some)?|api-keys.*)$/.test(path)))(
    "leaves keys and environments to administrators: %s %s",
    async (method, path) => {
      const { status, body } = await api.call(method, path, {}, { cookie: editor, origin: api.origin });
      expect([status, body.code]).toEqual([403, "forbidden"]);
    },
  );

  it.each(writes.filter(([method]) => method !== "DELETE"))(
    "answers 415 to a body that is not said to be JSON: %s %s",
    async (method, path) => {
      const before = await api.stored();
      const { status, body } = await api.call(method, path, "{}", {
        cookie: admin,
        origin: api.origin,
        "content-type": "text/plain",
      });
      expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
      expect(await api.stored()).toBe(before);
    },
  );

  it("answers 404 as a problem where there is none", async () => {
    const { status, body } = await api.call("GET", "/nothing-here");
    expect([status, body.code]).toEqual([404, "not_found"]);
    expect(body.detail).toContain("/api/v1/nothing-here");
  });

  it("answers HEAD where it answers GET", async () => {
    expect((await fetch(`${api.origin}/api/v1/health`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${api.origin}/api/v1/metrics`, { method: "HEAD" })).status).toBe(401);
  });

  it("has a health that says only whether it is well", async () => {
    const { status, body } = await api.call<object>("GET", "/health", undefined, {});
    expect(status).toBe(200);
    expect(body).toEqual({ ok: true, d1: true, revision: expect.any(Number) });
  });
});
