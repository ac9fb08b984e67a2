import { createHash } from "node:crypto";
import { createTestHarness } from "wrangler";
import { expect } from "vitest";
import { DecideResponse } from "../contract/decision.ts";
import type { Ruleset, RulesetPointer } from "../contract/ruleset.ts";
import { encodeRuleset } from "../core/encode-ruleset.ts";
import { aRuleset } from "./core/a-ruleset.ts";

export const key = (environment: string, type = "client"): string => `ew_${type}_${environment}_${"k".repeat(32)}`;
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The real decide Worker, seen through (see `workerd/observed-decide.ts`), and the one that is deployed. */
export const harness = createTestHarness({
  root: new URL("..", import.meta.url).pathname,
  workers: [
    {
      config: {
        name: "observed-decide",
        main: "test/workerd/observed-decide.ts",
        compatibility_date: "2026-11-01",
        kv_namespaces: [{ binding: "RULES", id: "rules" }],
        durable_objects: { bindings: [{ name: "PUBLISHER", class_name: "RulesetPublisher" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["RulesetPublisher"] }],
        ratelimits: [{ name: "RATE_LIMIT", namespace_id: "5001", simple: { limit: 100_000, period: 60 } }],
      },
    },
    { configPath: "workers/decide/wrangler.toml" },
  ],
});

/** What the tests of a file share: where the Worker listens, and an environment that no test before has touched. */
export const here = { origin: "", environment: "" };
let environments = 0;
let clock = 1_000_000;

export const start = async (): Promise<void> => {
  const { url } = await harness.listen();
  here.origin = url.origin;
};

export const stop = (): Promise<void> => harness.close();

/** A new isolate and a new environment for each test. */
export const startAfresh = async (): Promise<void> => {
  here.environment = `env-${++environments}`;
  clock += 1_000_000;
  await order({ restart: true, broken: [], hanging: [], limits: null, clock });
  await observed();
};

/** Has the observed Worker do something: see `Order` there. */
export const order = async <Answer>(command: object): Promise<Answer> => {
  const response = await fetch(`${here.origin}/test`, { method: "POST", body: JSON.stringify(command) });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};

/** What was called on the bindings, and the versions that were compiled, since the last time. */
export const observed = () => order<{ calls: string[]; compiled: number[] }>({ observe: true });

/** Lets the Worker's clock go on. */
export const advance = async (ms: number): Promise<void> => {
  clock += ms;
  await order({ clock });
};

/** A ruleset of the test's environment, with its two keys. */
export const rulesetOf = (change: Partial<Ruleset> = {}): Ruleset =>
  aRuleset({
    environment: here.environment,
    keys: ["client", "server"].map((type) => ({
      id: type,
      type: type === "server" ? "server" : "client",
      hash: sha256(key(here.environment, type)),
    })),
    ...change,
  });

let revision = 0;
/** A revision higher than all before. */
export const nextRevision = (): number => ++revision;

export const publish = (ruleset: Ruleset, source_revision = nextRevision()) =>
  publishText(JSON.stringify(encodeRuleset(ruleset)), source_revision);

/** Publishes what may be no ruleset at all. */
export const publishText = (text: string, source_revision = nextRevision()) =>
  order<RulesetPointer & { published: boolean }>({ publish: { environment: here.environment, text, source_revision } });

export const get = (query: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here.origin}/v1/decide?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${key(here.environment)}`, ...headers },
  });

export const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${here.origin}/v1/decide`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "x-api-key": key(here.environment), ...headers },
  });

export const decided = async (response: Promise<Response>): Promise<DecideResponse> => {
  const answer = await response;
  expect(answer.status).toBe(200);
  return DecideResponse.parse(await answer.json());
};

/** Anyone: the experiment is for all. */
export const user = "user-1";
