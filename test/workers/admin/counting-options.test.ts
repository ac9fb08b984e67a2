import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Environment } from "../../../contract/environment.ts";
import { Experiment } from "../../../contract/experiment.ts";
import { Metric } from "../../../contract/metric.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import type { EncodedRuleset } from "../../../contract/encoded-ruleset.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";
import { published } from "./published.ts";

type Either<Body> = Body & Omit<ProblemBody, "status">;

let api: AdminApi;
const metric = (body: object) => api.call<Either<Metric>>("POST", "/metrics", { name: "x", ...body });
const create = (body: object) => api.call<Either<Experiment>>("POST", "/experiments", plain(body));
const change = (key: string, body: object) => api.call<Either<Experiment>>("PATCH", `/experiments/${key}`, body);
const start = (key: string) => api.call<Experiment>("PATCH", `/experiments/${key}/status`, { status: "running" });
const found = async (key: string) => {
  const ruleset = await published(api, "production");
  return ruleset.experiments.find((experiment) => experiment.key === key);
};
const mistakesOf = ({ status, body }: { status: number; body: Either<object> }) => [
  status,
  body.code,
  ...body.errors.map(({ path }) => path),
];

/** A side of a metric as rulesets have it. */
const side = (event: string, value: string | null = null, filters: object[] = []) => ({ event, value, filters });

beforeAll(async () => {
  api = await startAdmin();
  await metric(aMetric("purchase"));
});
afterAll(() => api.close());

describe("a metric", () => {
  const filters = [{ property: "kind", operator: "in", value: ["book", 7] }];
  const bodies = [
    { key: "books", type: "count", event: "purchase", filters, cap_percentile: 0.99, window_hours: 24 },
    {
      key: "basket",
      type: "ratio",
      numerator: { event: "purchase", value: "price", filters },
      denominator: { event: "visit" },
      cap: 500,
    },
    { key: "back", type: "retention", event: "visit", retention_days: [1, 7] },
    { key: "slow", type: "quantile", event: "load", quantile: 0.9 },
    { key: "speed", type: "mean", event: "load", value: "ms" },
    { key: "first", type: "time_to_event", event: "purchase" },
  ];

  it("is kept as it was told, and counted as its type says", async () => {
    for (const body of bodies) {
      const made = await metric(body);
      expect([made.status, Metric.parse(made.body)]).toEqual([201, made.body]);
      expect(made.body).toMatchObject(body);
      expect((await api.call("GET", `/metrics/${body.key}`)).body).toEqual(made.body);
    }
    await create({
      key: "shop",
      primary_metric: "purchase",
      secondary_metrics: bodies.map(({ key }) => key),
    });
    await start("shop");
    const { metrics } = await published(api, "production");
    const plainMetric = {
      denominator: null,
      cap: null,
      cap_percentile: null,
      window_hours: null,
      quantile: null,
      retention_days: null,
    };
    expect(metrics.map((each) => ({ ...each, id: each.key }))).toEqual([
      { ...plainMetric, id: "purchase", key: "purchase", type: "conversion", numerator: side("purchase") },
      {
        ...plainMetric,
        id: "books",
        key: "books",
        type: "count",
        numerator: side("purchase", null, filters),
        cap_percentile: 0.99,
        window_hours: 24,
      },
      {
        ...plainMetric,
        id: "basket",
        key: "basket",
        type: "ratio",
        numerator: side("purchase", "price", filters),
        denominator: side("visit"),
        cap: 500,
      },
      { ...plainMetric, id: "back", key: "back", type: "retention", numerator: side("visit"), retention_days: [1, 7] },
      { ...plainMetric, id: "slow", key: "slow", type: "quantile", numerator: side("load", "value"), quantile: 0.9 },
      { ...plainMetric, id: "speed", key: "speed", type: "mean", numerator: side("load", "ms") },
      { ...plainMetric, id: "first", key: "first", type: "time_to_event", numerator: side("purchase") },
    ]);
  });

  it("from before filters and days were known is shown, and counted where that says how", async () => {
    await api.rows("UPDATE metrics SET retention_days = NULL WHERE key = 'back'");
    await api.rows("UPDATE metrics SET value = 'price' WHERE key = 'purchase'");
    await api.worker.scheduled({ cron: "* * * * *" });
    expect((await api.call<Metric>("GET", "/metrics/purchase")).body.value).toBe("price");
    const { metrics } = await published(api, "production");
    expect(metrics.find(({ key }) => key === "purchase")?.numerator.value).toBeNull();
    expect(metrics.some(({ key }) => key === "back")).toBe(false);
  });
});

describe("an experiment", () => {
  const told = { dimensions: ["country", "edge.device"], unit_type: "company_id", member_type: "user_id" };

  it("keeps what its counts are split by, and has it counted so", async () => {
    const switchback = { window_minutes: 60, burn_in_minutes: 10 };
    const { status, body } = await create({ key: "split", primary_metric: "purchase", switchback, ...told });
    expect([status, Experiment.parse(body)]).toEqual([201, body]);
    expect(body).toMatchObject({ ...told, switchback, watch: [] });
    const renamed = await change("split", { name: "Renamed" });
    expect(renamed.body).toMatchObject({ ...told, switchback });
    await start("split");
    expect(await found("split")).toMatchObject({
      dimensions: told.dimensions,
      member_type: "user_id",
      switchback_minutes: 60,
      burn_in_minutes: 10,
    });
  });

  it("takes them back while it is a draft, and no longer when it runs", async () => {
    await create({ key: "back_again", primary_metric: "purchase", ...told });
    const { body } = await change("back_again", { dimensions: [], member_type: null });
    expect([body.dimensions, body.member_type]).toEqual([[], null]);
    await start("back_again");
    for (const field of [{ dimensions: ["plan"] }, { watch: ["shop"] }, { member_type: "user_id" }])
      expect(mistakesOf(await change("back_again", field))).toEqual([
        409,
        "locked_while_running",
        ...Object.keys(field),
      ]);
    expect(Object.keys((await found("back_again")) ?? {})).not.toContain("dimensions");
  });

  it("is watched with another by both, while both are counted", async () => {
    const first = (await create({ key: "first", primary_metric: "purchase" })).body;
    const made = (await create({ key: "second", primary_metric: "purchase", watch: [first.id, "first"] })).body;
    expect(made.watch).toEqual(["first"]);
    expect((await api.call<Experiment>("GET", "/experiments/first")).body.watch).toEqual(["second"]);
    await start("second");
    expect(Object.keys((await found("second")) ?? {})).not.toContain("watched");
    await start("first");
    expect([(await found("second"))?.watched, (await found("first"))?.watched]).toEqual([[first.id], [made.id]]);
  });

  it("stays watched when either draft is changed, until one of them takes it back", async () => {
    await create({ key: "third" });
    await create({ key: "fourth", watch: ["third"] });
    expect((await change("third", { name: "New name" })).body.watch).toEqual(["fourth"]);
    expect((await change("third", { watch: [] })).body.watch).toEqual([]);
    expect((await api.call<Experiment>("GET", "/experiments/fourth")).body.watch).toEqual([]);
  });

  it("cannot change its units away from those of one that it is watched with", async () => {
    await create({ key: "fifth" });
    await create({ key: "sixth", watch: ["fifth"] });
    expect(mistakesOf(await change("fifth", { unit_type: "device_id" }))).toEqual([400, "invalid_request", "watch.0"]);
  });

  it.each([
    [[422, "unknown_reference", "watch.1"], { watch: ["shop", "nope"] }],
    [[400, "invalid_request", "watch.0"], { watch: ["shop"], unit_type: "device_id" }],
    [[400, "invalid_request", "member_type"], { member_type: "user_id" }],
    [[400, "invalid_request", "dimensions"], { dimensions: ["a", "a"] }],
  ])("is refused with %j: %j", async (expected, body) => {
    const before = await api.stored();
    expect(mistakesOf(await create({ key: "wrong", ...body }))).toEqual(expected);
    expect(await api.stored()).toBe(before);
  });

  it("cannot be watched with itself", async () => {
    expect(mistakesOf(await change("sixth", { watch: ["sixth"] }))).toEqual([400, "invalid_request", "watch.0"]);
  });
});

describe("an environment that hashes its units' ids", () => {
  it("says so, and shows its salt to no one but the Workers", async () => {
    const made = await api.call<Environment>("POST", "/environments", { key: "private", hash_unit_ids: true });
    expect([made.status, Environment.strict().parse(made.body)]).toEqual([201, made.body]);
    expect(made.body.hash_unit_ids).toBe(true);
    const { unit_id_salt: salt = "" } = await published(api, "private");
    expect(salt).toMatch(/^[0-9a-f]{32}$/);

    const key = await api.createKey("server", "private");
    await api.call("PATCH", "/environments/private", { name: "Private" });
    const decide = api.harness.getWorker("edgeworth-decide");
    const download = await decide.fetch("http://edge.test/v1/ruleset", { headers: { authorization: `Bearer ${key}` } });
    expect([download.status, ((await download.clone().json()) as EncodedRuleset).environment]).toEqual([
      200,
      "private",
    ]);
    const shown = await Promise.all(
      ["/environments", "/environments/private", "/audit-events", "/environments/private/versions"].map(async (path) =>
        JSON.stringify((await api.call("GET", path)).body),
      ),
    );
    for (const text of [...shown, await download.text()]) expect(text).not.toContain(salt);
    expect((await published(api, "private")).unit_id_salt).toBe(salt);
  });

  it("has a salt of its own, and one that does not has none", async () => {
    await api.call("POST", "/environments", { key: "private-2", hash_unit_ids: true });
    const made = await api.call<Environment>("POST", "/environments", { key: "open" });
    expect(made.body.hash_unit_ids).toBe(false);
    const salts = await Promise.all(
      ["private", "private-2", "open", "production"].map(async (key) => (await published(api, key)).unit_id_salt),
    );
    expect(salts.map((salt) => salt?.length)).toEqual([32, 32, undefined, undefined]);
    expect(salts[0]).not.toBe(salts[1]);
  });
});
