import { createHash, randomBytes } from "node:crypto";
import { createTestHarness } from "wrangler";
import type { CreatedApiKey } from "../../../contract/api-key.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import type { Role } from "../../../contract/session.ts";

export const SETUP_TOKEN = "a setup token of the tests";
export const ADMIN = { email: "admin@example.com", password: "correct horse battery" };

/** An answer, read: `body` is whatever JSON it held. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

type Row = Record<string, string | number | null>;

const configs = {
  decide: { configPath: "workers/decide/wrangler.toml" },
  ingest: { configPath: "workers/ingest/wrangler.toml" },
  admin: { configPath: "workers/admin/wrangler.toml", secrets: { SETUP_TOKEN } },
  decideDown: { configPath: "test/workers/admin/down/decide.toml" },
  ingestDown: { configPath: "test/workers/admin/down/ingest.toml" },
  tailOrders: {
    config: {
      name: "tail-orders",
      main: "test/workerd/tail-orders.ts",
      compatibility_date: "2026-11-01",
      durable_objects: {
        bindings: [{ name: "EVENT_TAIL", class_name: "EventTail", script_name: "edgeworth-ingest" }],
      },
    },
  },
};

/** The admin Worker on real D1, KV and Durable Objects, set up with an administrator and an admin key. */
export const startAdmin = async (workers: (keyof typeof configs)[] = ["admin", "decide", "ingest"]) => {
  const harness = createTestHarness({ root: process.cwd(), workers: workers.map((name) => configs[name]) });
  const origin = (await harness.listen()).url.origin;
  const worker = harness.getWorker("edgeworth-admin");
  await worker.applyD1Migrations("DB");

  /** Sends a request with the admin key, unless headers say who else is asking. */
  let adminKey: string | undefined;
  const call = async <Body = ProblemBody>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> => {
    const answer = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(headers ?? (adminKey === undefined ? {} : { authorization: `Bearer ${adminKey}` })),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === "" ? null : JSON.parse(text)) as Body };
  };

  const { DB: db } = (await worker.getEnv()) as unknown as { DB: D1 };
  const rows = async (sql: string, ...values: (string | number)[]): Promise<Row[]> =>
    (
      await db
        .prepare(sql)
        .bind(...values)
        .all()
    ).results;

  /** The cookie of a session of somebody with the role, made behind the API's back. */
  const cookieOf = async (role: Role, expiresAt = "2999-01-01T00:00:00.000Z"): Promise<string> => {
    const token = randomBytes(32).toString("hex");
    const id = `usr_${randomBytes(8).toString("hex")}`;
    await rows("INSERT INTO users VALUES (?, ?, ?, 'none', '2026-01-01T00:00:00.000Z')", id, `${id}@example.com`, role);
    const hash = createHash("sha256").update(token).digest("hex");
    await rows("INSERT INTO sessions VALUES (?, ?, '2026-01-01T00:00:00.000Z', ?)", hash, id, expiresAt);
    return `ew_session=${token}`;
  };

  const setup = await call("POST", "/setup", { token: SETUP_TOKEN, ...ADMIN });
  if (setup.status !== 201) throw new Error(`Setup answered ${JSON.stringify(setup.body)}`);
  const cookie = setup.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const createKey = async (type: string, environment?: string): Promise<string> => {
    const created = await call<CreatedApiKey>(
      "POST",
      "/api-keys",
      { name: type, type, environment },
      adminKey === undefined ? { cookie, origin } : undefined,
    );
    return created.body.key;
  };
  adminKey = await createKey("admin");

  return {
    origin,
    harness,
    worker,
    setupAnswer: setup,
    call,
    rows,
    cookieOf,
    createKey,
    /** Everything that requests may have stored, as text: two equal ones mean that nothing was. */
    stored: async (): Promise<string> => {
      const tables = await rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'd1_%' AND name NOT LIKE '_cf_%' AND name NOT IN ('sign_in_attempts', 'sessions') ORDER BY name",
      );
      return JSON.stringify(
        await Promise.all(tables.map(async ({ name }) => [name, await rows(`SELECT * FROM ${name}`)])),
      );
    },
    close: () => harness.close(),
  };
};

export type AdminApi = Awaited<ReturnType<typeof startAdmin>>;

/** What the tests use of D1, since Workers' types are not for Node. */
interface D1 {
  prepare(sql: string): { bind(...values: (string | number)[]): { all(): Promise<{ results: Row[] }> } };
}

/** A body that makes an experiment with nothing else there. */
export const plain = (change: object = {}) => ({
  name: "Checkout button",
  variants: [
    { key: "control", weight: 50 },
    { key: "treatment", weight: 50 },
  ],
  ...change,
});

export const aMetric = (key: string) => ({ key, name: key, type: "conversion", event: key });
