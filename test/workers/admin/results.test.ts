import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ledger } from "../../../contract/ledger.ts";
import type { ResultSnapshot } from "../../../contract/result-snapshot.ts";
import { Results } from "../../../contract/results.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

let api: AdminApi;
let key = "";
const results = async (path: string) => (await api.call<Results>("GET", `/results/${path}`)).body;
const ledger = async () => (await api.call<Ledger>("GET", "/ledger")).body;

/** 60 units, half of them in each variant; 10 convert in control and 20 in treatment, and spend 7.5 each. */
const UNITS = 60;
const events = Array.from({ length: UNITS }, (_, index) => {
  const user_id = `user-${index}`;
  const isTreated = index % 2 === 1;
  const at = Date.now() - 60_000;
  const exposure = {
    event_id: `e-${index}`,
    type: "exposure",
    timestamp: at,
    user_id,
    experiment_key: "button",
    variant_key: isTreated ? "treatment" : "control",
    context: { plan: index < UNITS / 2 ? "free" : "paid" },
  };
  const purchase = {
    event_id: `p-${index}`,
    type: "metric",
    timestamp: at + 1000,
    user_id,
    name: "purchase",
    value: 7.5,
  };
  return index < (isTreated ? 40 : 20) ? [exposure, purchase] : [exposure];
}).flat();

beforeAll(async () => {
  api = await startAdmin();
  key = await api.createKey("server", "production");
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/metrics", { key: "revenue", name: "Revenue", type: "sum", event: "purchase" });
  await api.call("POST", "/metrics", { key: "latency", name: "p99", type: "quantile", quantile: 0.99, event: "load" });
  await api.call(
    "POST",
    "/experiments",
    plain({
      key: "button",
      primary_metric: "purchase",
      secondary_metrics: ["revenue"],
      guardrail_metrics: ["latency"],
      environments: ["production", "development"],
      dimensions: ["plan"],
    }),
  );
});
afterAll(() => api.close());

describe("the results", () => {
  it("of a draft are that there is no data", async () => {
    const body = await results("button");
    expect(Results.safeParse(body).error).toBeUndefined();
    expect([body.verdict.code, body.environment, body.variants.map(({ exposures }) => exposures)]).toEqual([
      "no_data",
      "production",
      [0, 0],
    ]);
  });

  it("are the sums of all shards, as they are now", async () => {
    // The experiment began before its events, as it does in life.
    await api.call("PATCH", "/experiments/button/status", { status: "running" });
    await api.rows("UPDATE phases SET started_at = '2026-01-01T00:00:00.000Z'");
    await api.worker.scheduled({ cron: "* * * * *" });
    const ingest = api.harness.getWorker("edgeworth-ingest");
    const send = async (): Promise<{ accepted?: number }> =>
      ingest
        .fetch("http://edge.test/v1/events", {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
          body: JSON.stringify({ batch_id: "b", events }),
        })
        .then((answer) => answer.json() as Promise<{ accepted?: number }>);
    // Until ingest has heard of the start it knows no such experiment.
    await eventually(send, ({ accepted }) => accepted === events.length);
    const body = await eventually(
      () => results("button"),
      ({ variants, metrics: [purchase] }) =>
        variants.every(({ exposures }) => exposures === UNITS / 2) && purchase?.variants[1]?.sum === 20,
    );

    expect(Results.safeParse(body).error).toBeUndefined();
    expect(body.variants.map((variant) => [variant.key, variant.is_control, variant.exposures])).toEqual([
      ["control", true, 30],
      ["treatment", false, 30],
    ]);
    expect(body.metrics.map(({ key, role }) => [key, role])).toEqual([
      ["purchase", "primary"],
      ["revenue", "secondary"],
      ["latency", "guardrail"],
    ]);
    expect(body.metrics[0]?.variants).toMatchObject([
      { key: "control", n: 30, sum: 10, mean: 10 / 30 },
      { key: "treatment", n: 30, sum: 20, mean: 20 / 30 },
    ]);
    expect(body.metrics[1]?.variants.map(({ sum }) => sum)).toEqual([75, 150]);
  });

  it("have the segments of a dimension for whoever asks", async () => {
    expect((await results("button")).segments).toEqual([]);
    const { segments } = await results("button?dimension=plan");
    expect(segments.map(({ dimension, metric_key }) => [dimension, metric_key])).toContainEqual(["plan", "purchase"]);
    const [purchase] = segments;
    expect(purchase?.values.map(({ value, units }) => [value, units])).toEqual([
      ["free", UNITS / 2],
      ["paid", UNITS / 2],
    ]);
  });

  it("by what is no dimension of the experiment are a 400 that names those that are", async () => {
    const { status, body } = await api.call("GET", "/results/button?dimension=country");
    expect([status, body.errors[0]?.path, body.errors[0]?.message]).toEqual([400, "dimension", "Use one of: plan."]);
  });

  it("of another environment are its own", async () => {
    const body = await results("button?environment=development");
    expect([body.environment, body.variants.map(({ exposures }) => exposures)]).toEqual(["development", [0, 0]]);
  });

  it("of an environment that the experiment does not run in are a 422 that names it", async () => {
    const { status, body } = await api.call("GET", "/results/button?environment=nowhere");
    expect([status, body.code, body.errors[0]?.path]).toEqual([422, "unknown_reference", "environment"]);
  });

  it("of nothing are a 404", async () => {
    expect((await api.call("GET", "/results/nothing")).status).toBe(404);
  });
});

describe("the ledger", () => {
  it("balances over all shards, with every event in it", async () => {
    const body = await eventually(ledger, ({ received, difference }) => received > 0 && difference === 0);
    expect(body.environment).toBe("production");
    expect(body.applied).toBe(events.length);
  });
});

const list = async (query = "") =>
  (await api.call<{ items: ResultSnapshot[]; next_cursor: string | null }>("GET", `/results/button/snapshots${query}`))
    .body;
const hour = (at: string) => api.worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date(at) });

describe("the snapshots of results", () => {
  it("are kept once an hour, however often the cron comes", async () => {
    for (const at of ["2026-11-21T10:00:00Z", "2026-11-21T10:00:07Z", "2026-11-21T11:00:01Z"])
      expect((await hour(at)).outcome).toBe("ok");
    const { items } = await list();
    expect(items.map((item) => item.hour)).toEqual(["2026-11-21T11:00:00.000Z", "2026-11-21T10:00:00.000Z"]);
    expect(items[0]?.results.metrics[0]?.variants.map(({ sum }) => sum)).toEqual([10, 20]);
  });

  it("tell the results after them what to remember", async () => {
    const [{ results: kept } = { results: undefined }] = (await list()).items;
    expect(kept?.sequence.identity).toBeTruthy();
    expect(kept?.segments).toEqual([]);
    // As if it had looked clear at that hour: it stays so, whatever is seen now.
    await api.rows(
      "UPDATE result_snapshots SET results = json_set(results, '$.sequence.srm_p_value', 0.25) WHERE environment = 'production'",
    );
    expect((await results("button")).health.srm.sequential_p_value).toBeLessThanOrEqual(0.25);
    expect((await results("button?environment=development")).health.srm.sequential_p_value).toBeNull();
  });

  it("are kept for each environment", async () => {
    expect((await list("?environment=development")).items).toHaveLength(2);
  });

  it("come in pages", async () => {
    const first = await list("?limit=1");
    const second = await list(`?limit=1&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map((item) => item.hour)).toEqual([
      "2026-11-21T11:00:00.000Z",
      "2026-11-21T10:00:00.000Z",
    ]);
    expect(second.next_cursor).toBeNull();
  });

  it("go on after the end for as long as late events may come in", async () => {
    await api.call("PATCH", "/experiments/button/status", { status: "completed" });
    // It was ended by hand at once, and the verdict knows.
    expect((await results("button")).verdict.reasons).toContain("Ended on day 1 of 14.");
    await api.rows("UPDATE experiments SET ended_at = '2026-11-20T00:00:00.000Z'");
    await hour("2026-11-26T00:00:00Z");
    await hour("2026-11-28T00:00:00Z");
    expect((await list("?limit=1")).items[0]?.hour).toBe("2026-11-26T00:00:00.000Z");
  });
});

describe("the hourly cron", () => {
  it("keeps the results of an experiment whose neighbour cannot be analysed", async () => {
    await api.call("POST", "/experiments", plain({ key: "later", primary_metric: "purchase" }));
    await api.call("PATCH", "/experiments/later/status", { status: "running" });
    await api.rows("UPDATE experiments SET ended_at = NULL, guardrail_limits = 'null' WHERE key = 'button'");
    await expect(hour("2026-11-27T00:00:00Z")).resolves.not.toMatchObject({ outcome: "ok" });
    const { body } = await api.call<{ items: ResultSnapshot[] }>("GET", "/results/later/snapshots");
    expect(body.items.map((item) => item.hour)).toEqual(["2026-11-27T00:00:00.000Z"]);
  });

  it("throws away sessions that have expired and no others", async () => {
    const gone = await api.cookieOf("viewer", "2026-01-02T00:00:00.000Z");
    const stays = await api.cookieOf("viewer");
    await api.worker.scheduled({ cron: "0 * * * *", scheduledTime: new Date("2026-11-28T01:00:00Z") });
    expect(await api.rows("SELECT count(*) AS n FROM sessions WHERE expires_at < '2026-11-28'")).toEqual([{ n: 0 }]);
    expect((await api.call("GET", "/session", undefined, { cookie: gone })).status).toBe(401);
    expect((await api.call("GET", "/session", undefined, { cookie: stays })).status).toBe(200);
  });
});
