import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CreatedApiKey } from "../../../contract/api-key.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import type { RulesetExperiment } from "../../../contract/ruleset.ts";
import { experiment as example, audience, layer, metrics } from "../../e2e/example-bodies.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

describe("publishing", () => {
  let api: AdminApi;
  const production = () => published(api, "production");
  const found = async (key: string): Promise<RulesetExperiment | undefined> =>
    (await production()).experiments.find((experiment) => experiment.key === key);
  const move = (key: string, status: string) => api.call("PATCH", `/experiments/${key}/status`, { status });
  beforeAll(async () => {
    api = await startAdmin();
    await api.call("POST", "/layers", layer);
    for (const metric of [...metrics, aMetric("purchase"), aMetric("unused")])
      await api.call("POST", "/metrics", metric);
    await api.call("POST", "/audiences", audience);
    await api.call("POST", "/audiences", { ...audience, key: "unused" });
    await api.call("POST", "/audiences", {
      key: "loyal",
      name: "Loyal",
      rules: [{ conditions: [{ operator: "in_audience", value: "returning_users" }] }],
    });
    await api.call("POST", "/experiments", example);
  });
  afterAll(() => api.close());

  it("happens at a start, with all that deciding and counting need", async () => {
    const { headers } = await move(example.name, "running");
    expect(headers.get("x-published")).toBe("true");
    const stored = (await api.call<Experiment>("GET", `/experiments/${example.name}`)).body;
    const ruleset = await production();
    expect(ruleset).toMatchObject({ environment: "production", enabled: true, generation: 1, shards: 8 });
    expect(ruleset.experiments).toEqual([
      {
        id: stored.id,
        key: stored.key,
        type: "ab",
        status: "running",
        salt: stored.salt,
        unit_type: "user_id",
        layer_salt: stored.layer.salt,
        slots: stored.slots,
        url: null,
        variants: stored.variants.map(({ id, key, weight_bp, is_control, config }) => ({
          id,
          key,
          weight_bp,
          is_control,
          config,
        })),
        rules: stored.targeting.rules,
        phases: [{ number: 1, started_at: Date.parse(stored.started_at ?? "") }],
        metrics: ruleset.experiments[0]?.metrics,
      },
    ]);
    const keyOf = new Map(ruleset.metrics.map(({ id, key }) => [id, key]));
    expect(ruleset.experiments[0]?.metrics.map(({ id, role }) => [keyOf.get(id), role])).toEqual([
      ["checkout_conversion_rate", "primary"],
      ["p99_page_load", "guardrail"],
      ["revenue_per_user", "guardrail"],
    ]);
    expect(ruleset.metrics.find(({ key }) => key === "revenue_per_user")).toMatchObject({
      type: "sum",
      numerator: { event: "purchase", value: "value", filters: [] },
      denominator: null,
      cap: 500,
      window_hours: 168,
    });
    expect(ruleset.audiences).toEqual([{ key: "returning_users", rules: audience.rules }]);
  });

  it("carries the audiences that audiences ask for", async () => {
    await api.call(
      "POST",
      "/experiments",
      plain({ key: "loyalty", primary_metric: "purchase", targeting: { user_segment: "loyal" } }),
    );
    await move("loyalty", "running");
    expect((await production()).audiences.map(({ key }) => key)).toEqual(["loyal", "returning_users"]);
    await move("loyalty", "completed");
    await move("loyalty", "archived");
  });

  it("follows an experiment through its life", async () => {
    await api.call("POST", "/experiments", plain({ key: "life", primary_metric: "purchase", traffic: 0.1 }));
    expect(await found("life")).toBeUndefined();
    await move("life", "running");
    expect((await found("life"))?.status).toBe("running");
    await api.call("PUT", "/experiments/life/allocations", { traffic: 0.2 });
    const grown = await found("life");
    expect([grown?.slots, grown?.phases.map(({ number }) => number)]).toEqual([
      [{ range_start: 0, range_end: 1999 }],
      [1, 2],
    ]);
    await move("life", "paused");
    expect((await found("life"))?.status).toBe("paused");
    await move("life", "completed");
    expect((await found("life"))?.status).toBe("completed");
    await move("life", "archived");
    expect(await found("life")).toBeUndefined();
  });

  it("goes only where an experiment runs", async () => {
    const body = plain({ key: "elsewhere", environments: ["development"], primary_metric: "purchase" });
    await api.call("POST", "/experiments", body);
    await move("elsewhere", "running");
    expect(await found("elsewhere")).toBeUndefined();
    expect((await published(api, "development")).experiments.map(({ key }) => key)).toEqual(["elsewhere"]);
  });

  it("makes no version of what changes nobody's decisions or counts", async () => {
    const { version } = await production();
    const renamed = await api.call("PATCH", `/experiments/${example.name}`, { hypothesis: "Another" });
    expect(renamed.headers.get("x-published")).toBeNull();
    await api.call("POST", "/metrics", aMetric(`more-${version}`));
    await api.worker.scheduled({ cron: "* * * * *" });
    expect((await production()).version).toBe(version);
  });

  it("carries SDK keys by their hash, and never admin keys", async () => {
    const created = (
      await api.call<CreatedApiKey>("POST", "/api-keys", { name: "k", type: "client", environment: "production" })
    ).body;
    const { keys } = await production();
    const key = keys.find(({ id }) => id === created.id);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(created.key));
    expect(key).toEqual({ id: created.id, type: "client", hash: Buffer.from(digest).toString("hex") });
    const extras = { name: "o", type: "server", environment: "production", ofrep_extras: true };
    const made = (await api.call<CreatedApiKey>("POST", "/api-keys", extras)).body;
    expect(made.ofrep_extras).toBe(true);
    expect((await production()).keys.find(({ id }) => id === made.id)).toMatchObject({ ofrep_extras: true });
    expect(
      await api.rows("SELECT count(*) AS n FROM api_keys WHERE type <> 'admin' AND environment = 'production'"),
    ).toEqual([{ n: keys.length + 1 }]);
    await api.call("DELETE", `/api-keys/${created.id}`);
    expect((await production()).keys.map(({ id }) => id)).not.toContain(created.id);
  });

  it("lets decide know a new key and a started experiment within the two seconds of its refresh", async () => {
    const key = await api.createKey("server", "production");
    await api.call("POST", "/experiments", plain({ key: "seen", primary_metric: "purchase" }));
    await move("seen", "running");
    const decide = api.harness.getWorker("edgeworth-decide");
    const text = await eventually(
      async () =>
        (await decide.fetch("http://edge.test/v1/decide?user_key=ann", { headers: { "x-api-key": key } })).text(),
      (answer) => answer.includes('"seen"'),
      5_000,
    );
    expect(JSON.parse(text)).toMatchObject({ environment: "production" });
  });

  it("switches an environment off and on", async () => {
    for (const enabled of [false, true]) {
      await api.call("PATCH", "/environments/production", { enabled });
      expect((await production()).enabled).toBe(enabled);
    }
  });

  it("makes a new environment known", async () => {
    expect((await api.call("POST", "/environments", { key: "staging", shards: 2 })).status).toBe(201);
    expect(await published(api, "staging")).toMatchObject({
      environment: "staging",
      shards: 2,
      experiments: [],
      keys: [],
    });
  });
});

describe("when no publisher can be reached", () => {
  let api: AdminApi;
  beforeAll(async () => {
    api = await startAdmin(["admin", "decideDown", "ingestDown"]);
    await api.call("POST", "/metrics", aMetric("purchase"));
  });
  afterAll(() => api.close());
  let made = 0;
  beforeEach(() => {
    made += 1;
  });

  it("a write stands, and its answer says that it is not published yet", async () => {
    const key = `unpublished-${made}`;
    await api.call("POST", "/experiments", plain({ key, primary_metric: "purchase" }));
    const { status, headers } = await api.call("PATCH", `/experiments/${key}/status`, { status: "running" });
    expect([status, headers.get("x-published")]).toEqual([200, "false"]);
    expect(headers.get("warning")).toContain("not published yet");
    expect((await api.call<Experiment>("GET", `/experiments/${key}`)).body.status).toBe("running");
  });

  it("results and the ledger are a 503 that says when to come back", async () => {
    const { status, body, headers } = await api.call("GET", "/ledger");
    expect([status, body.code, headers.get("retry-after")]).toEqual([503, "unavailable", "2"]);
  });
});

describe("the cron of each minute", () => {
  it("publishes what was written but not published, the first time included", async () => {
    const api = await startAdmin();
    try {
      await api.rows("UPDATE environments SET enabled = 0 WHERE key = 'development'");
      await api.worker.scheduled({ cron: "* * * * *" });
      expect((await published(api, "development")).enabled).toBe(false);
      expect((await published(api, "production")).enabled).toBe(true);
    } finally {
      await api.close();
    }
  });
});
