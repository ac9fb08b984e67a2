import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedApiKey } from "../../../contract/api-key.ts";
import type { Session } from "../../../contract/session.ts";
import { ADMIN, type AdminApi, type Answer, SETUP_TOKEN, startAdmin } from "./admin-api.ts";

const cookieFrom = ({ headers }: Answer<unknown>) => headers.getSetCookie()[0]?.split(";")[0] ?? "";

describe("setup", () => {
  let api: AdminApi;
  beforeAll(async () => {
    api = await startAdmin();
  });
  afterAll(() => api.close());

  it("makes the first administrator and signs them in", () => {
    expect(api.setupAnswer.body).toEqual({ email: ADMIN.email, role: "admin" });
  });

  it("answers 409 once it is done", async () => {
    const before = await api.stored();
    const again = { token: SETUP_TOKEN, email: "other@example.com", password: "another password" };
    const { status, body } = await api.call("POST", "/setup", again, {});
    expect([status, body.code]).toEqual([409, "setup_done"]);
    expect(await api.stored()).toBe(before);
  });

  it("refuses a wrong token", async () => {
    const { status, body } = await api.call("POST", "/setup", { ...ADMIN, token: "guess" }, {});
    expect([status, body.code, body.errors[0]?.path]).toEqual([401, "invalid_credentials", "token"]);
  });

  it("may be asked for again and again with the right token", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await api.call("POST", "/setup", { ...ADMIN, token: SETUP_TOKEN }, {})).status);
    expect(new Set(statuses)).toEqual(new Set([409]));
  });

  it("bounds the guesses", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++)
      statuses.push((await api.call("POST", "/setup", { ...ADMIN, token: "guess" }, {})).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it("stores no password and no token in clear", async () => {
    const everything = JSON.stringify([
      await api.stored(),
      await api.rows("SELECT * FROM sessions"),
      await api.rows("SELECT * FROM sign_in_attempts"),
    ]);
    const token = /ew_session=(\w+)/.exec(api.setupAnswer.headers.getSetCookie()[0] ?? "")?.[1] ?? "no token";
    for (const secret of [ADMIN.password, SETUP_TOKEN, token]) expect(everything).not.toContain(secret);
  });
});

describe("a session", () => {
  let api: AdminApi;
  const signIn = (body: object, headers = {}): Promise<Answer<Session & { detail: string }>> =>
    api.call("POST", "/session", body, headers);
  beforeAll(async () => {
    api = await startAdmin();
  });
  afterAll(() => api.close());

  it("begins with e-mail and password, whatever the e-mail's case", async () => {
    const answer = await signIn({ ...ADMIN, email: "ADMIN@Example.com" });
    expect([answer.status, answer.body]).toEqual([201, { email: ADMIN.email, role: "admin" }]);
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^ew_session=[0-9a-f]{64}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const me = await api.call("GET", "/session", undefined, { cookie: cookieFrom(answer) });
    expect([me.status, me.body]).toEqual([200, { email: ADMIN.email, role: "admin" }]);
  });

  it("is for encrypted connections only, once it was begun over one", async () => {
    const answer = await api.worker.fetch("https://edge.test/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://edge.test" },
      body: JSON.stringify(ADMIN),
    });
    expect(answer.headers.get("set-cookie")).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it("says the same to an unknown e-mail and to a wrong password", async () => {
    const [unknown, wrong] = [
      await signIn({ email: "nobody@example.com", password: ADMIN.password }),
      await signIn({ ...ADMIN, password: "wrong" }),
    ];
    expect(unknown.status).toBe(401);
    const { request_id: _, ...said } = unknown.body as unknown as Record<string, unknown>;
    expect(wrong.body).toMatchObject(said);
  });

  it("ends when its owner says so", async () => {
    const cookie = cookieFrom(await signIn(ADMIN));
    const gone = await api.call("DELETE", "/session", undefined, { cookie, origin: api.origin });
    expect(gone.status).toBe(204);
    expect(gone.headers.getSetCookie()[0]).toMatch(/^ew_session=; Max-Age=0; Path=\//);
    expect((await api.call("GET", "/session", undefined, { cookie })).status).toBe(401);
  });

  it("ends by itself", async () => {
    const cookie = await api.cookieOf("admin", "2026-01-02T00:00:00.000Z");
    expect((await api.call("GET", "/session", undefined, { cookie })).status).toBe(401);
  });

  it.each([
    ["no origin", undefined],
    ["the origin of another site", "https://evil.example"],
    ["a hidden origin", "null"],
  ])("writes nothing for a page with %s", async (_, origin) => {
    const cookie = await api.cookieOf("admin");
    const before = await api.stored();
    const { status, body } = await api.call(
      "POST",
      "/metrics",
      { name: "Purchase", type: "conversion", event: "purchase" },
      { cookie, ...(origin !== undefined && { origin }) },
    );
    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(await api.stored()).toBe(before);
  });

  it("is not begun by a page of another site", async () => {
    expect((await signIn(ADMIN, { origin: "https://evil.example" })).status).toBe(403);
  });

  it("is refused after ten wrong passwords, even with the right one, and to that e-mail only", async () => {
    const email = "somebody@example.com";
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await signIn({ email, password: "wrong" })).status);
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 401));
    const refused = await signIn({ email, password: "wrong" });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await signIn(ADMIN)).status).toBe(201);
  });
});

describe("an API key", () => {
  let api: AdminApi;
  beforeAll(async () => {
    api = await startAdmin();
  });
  afterAll(() => api.close());

  it.each([
    ["client", "production", /^ew_client_production_[0-9A-Za-z]{32}$/],
    ["server", "development", /^ew_server_development_[0-9A-Za-z]{32}$/],
    ["admin", undefined, /^ew_admin_[0-9A-Za-z]{32}$/],
  ])("of type %s is shown once", async (type, environment, pattern) => {
    const created = await api.call<CreatedApiKey>("POST", "/api-keys", { name: "k", type, environment });
    expect(created.status).toBe(201);
    expect(created.body.key).toMatch(pattern);
    expect(created.body.key.startsWith(created.body.hint)).toBe(true);
    const list = await api.call<{ items: object[] }>("GET", "/api-keys");
    const { key, ...shown } = created.body;
    expect(list.body.items[0]).toEqual(shown);
    expect(await api.stored()).not.toContain(key);
  });

  it("opens nothing once it is revoked", async () => {
    const { body } = await api.call<CreatedApiKey>("POST", "/api-keys", { name: "k", type: "admin" });
    const headers = { "x-api-key": body.key };
    expect((await api.call("GET", "/metrics", undefined, headers)).status).toBe(200);
    const revoked = await api.call<CreatedApiKey>("DELETE", `/api-keys/${body.id}`);
    expect([revoked.status, typeof revoked.body.revoked_at]).toEqual([200, "string"]);
    expect((await api.call("GET", "/metrics", undefined, headers)).status).toBe(401);
  });

  it.each([
    [{ name: "k", type: "client" }, 400, "environment"],
    [{ name: "k", type: "admin", environment: "production" }, 400, "environment"],
    [{ name: "k", type: "server", environment: "nowhere" }, 422, "environment"],
  ])("is refused with the field's path: %j", async (body, status, path) => {
    const before = await api.stored();
    const refused = await api.call("POST", "/api-keys", body);
    expect([refused.status, refused.body.errors.map((error) => error.path)]).toEqual([status, [path]]);
    expect(await api.stored()).toBe(before);
  });
});
