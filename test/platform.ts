import { randomBytes } from "node:crypto";
import { createTestHarness } from "wrangler";
import type { CreatedApiKey } from "../contract/api-key.ts";
import { type AdminClient, createAdminClient } from "../scripts/admin-client.ts";
import { root } from "../scripts/root.ts";
import { workers } from "../scripts/workers.ts";

/** Who may do what. */
export interface Access {
  readonly admin: AdminClient;
  readonly adminKey: string;
  /** Keys of the environment `production`. */
  readonly serverKey: string;
  readonly clientKey: string;
  readonly email: string;
  readonly password: string;
}

/** The whole product in one local runtime, with an administrator and keys, and nothing else in it. */
export interface Platform extends Access {
  readonly url: string;
  readonly harness: ReturnType<typeof createTestHarness>;
  close(): Promise<void>;
}

/**
 * Starts all five Workers with real KV, D1, Queues, R2 and Durable Objects on a free port, makes the first administrator
 * through the front door and one key of each type. `configs` takes the place of a Worker's own configuration, by its name.
 */
export const startPlatform = async (configs: Readonly<Record<string, string>> = {}): Promise<Platform> => {
  const setupToken = randomBytes(24).toString("base64url");
  const harness = createTestHarness({
    root,
    // The front Worker is the primary one: it owns the port.
    workers: workers.toReversed().map(({ name, config }) => ({
      configPath: configs[name] ?? config,
      ...(name === "edgeworth-admin" ? { secrets: { SETUP_TOKEN: setupToken } } : {}),
    })),
  });
  const { url: address } = await harness.listen();
  const url = address.origin;
  await harness.getWorker("edgeworth-admin").applyD1Migrations("DB");

  return { url, harness, ...(await setUp(url, setupToken)), close: () => harness.close() };
};

/** Makes the first administrator of a platform that has none, and one key of each type. */
export const setUp = async (url: string, setupToken: string): Promise<Access> => {
  const [email, password] = ["admin@example.com", randomBytes(12).toString("base64url")];
  const setup = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: setupToken, email, password }),
  });
  if (setup.status !== 201) throw new Error(`Setup answered ${setup.status}: ${await setup.text()}`);
  const cookie = setup.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const session = createAdminClient(url, { cookie, origin: url });
  const createKey = async (body: Record<string, string>): Promise<string> =>
    (await session.post<CreatedApiKey>("/api-keys", body)).key;
  const adminKey = await createKey({ name: "Test admin", type: "admin" });
  return {
    admin: createAdminClient(url, { authorization: `Bearer ${adminKey}` }),
    adminKey,
    serverKey: await createKey({ name: "Test server", type: "server", environment: "production" }),
    clientKey: await createKey({ name: "Test browser", type: "client", environment: "production" }),
    email,
    password,
  };
};

/** Asks again every 50 ms until the answer satisfies; throws with the last answer after `timeoutMs`. */
export const eventually = async <T>(
  ask: () => Promise<T>,
  satisfied: (answer: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still not so after ${timeoutMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
