import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../../contract/environment.ts";
import type { Experiment } from "../../../contract/experiment.ts";
import { ExperimentSums, Live } from "../../../contract/live.ts";
import type { SumsCell } from "../../../contract/sums.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "../admin/admin-api.ts";

let api: AdminApi;
let experiment: Experiment;
let sdkKey = "";

const UNITS = 120;
const COUNTRIES = 60;
/** Unit n is in the treatment when n is odd, comes from country n mod 60, and buys for n when n is divisible by 3. */
const at = Date.now() - 60_000;
const exposure = (unit: number, variant_key: string) => ({
  event_id: `x${unit}${variant_key}`,
  type: "exposure",
  timestamp: at,
  user_id: `u${unit}`,
  experiment_key: "button",
  variant_key,
  context: { country: `c${unit % COUNTRIES}` },
});
const purchase = (unit: number) => ({
  event_id: `p${unit}`,
  type: "metric",
  timestamp: at + 1_000,
  user_id: `u${unit}`,
  name: "purchase",
  value: unit,
});
const units = Array.from({ length: UNITS }, (_, unit) => unit);

const send = async (batch_id: string, events: readonly unknown[]): Promise<unknown> => {
  const answer = await api.harness.getWorker("edgeworth-ingest").fetch("http://edge.test/v1/events", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${sdkKey}` },
    body: JSON.stringify({ batch_id, events }),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
};
const live = async (query = "") => (await api.call<Live>("GET", `/experiments/button/live${query}`)).body;
const sums = async (kind: string) =>
  (await api.call<ExperimentSums>("GET", `/experiments/button/sums?kind=${kind}`)).body;
const exposed = ({ cells }: ExperimentSums): SumsCell[] => cells.filter(({ metric_id }) => metric_id === "");
const total = (cells: readonly SumsCell[]): number => cells.reduce((sum, { n }) => sum + n, 0);

beforeAll(async () => {
  api = await startAdmin();
  sdkKey = await api.createKey("server", "production");
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/metrics", { key: "revenue", name: "Revenue", type: "sum", event: "purchase" });
  await api.call("POST", "/metrics", {
    key: "basket",
    name: "Basket",
    type: "mean",
    event: "purchase",
    value: "value",
  });
  const made = await api.call<Experiment>(
    "POST",
    "/experiments",
    plain({
      key: "button",
      primary_metric: "purchase",
      secondary_metrics: ["revenue"],
      guardrail_metrics: ["basket"],
      dimensions: ["country"],
      environments: ["production", "development"],
    }),
  );
  expect(made.status).toBe(201);
  experiment = made.body;
});
afterAll(() => api.close());

describe("live counts", () => {
  it("of a draft are all 0", async () => {
    const body = await live();
    expect(Live.safeParse(body).error).toBeUndefined();
    expect(body.variants.map(({ exposures }) => exposures)).toEqual([0, 0]);
    expect(body.ledger).toEqual({ received: 0, applied: 0, difference: 0 });
  });

  it("are what came in up to now, over all shards", async () => {
    await api.call("PATCH", "/experiments/button/status", { status: "running" });
    await api.rows("UPDATE phases SET started_at = '2026-01-01T00:00:00.000Z'");
    await api.worker.scheduled({ cron: "* * * * *" });
    const { shards } = (await api.call<Environment>("GET", "/environments/production")).body;
    expect(shards).toBeGreaterThan(1);
    const exposures = units.map((unit) => exposure(unit, unit % 2 === 1 ? "treatment" : "control"));
    // Until ingest has heard of the start it knows no such experiment.
    await eventually(
      () => send("exposures", exposures),
      (answer) => (answer as { accepted: number }).accepted === UNITS,
    );
    const purchases = units.filter((unit) => unit % 3 === 0).map(purchase);
    await send("purchases", purchases);
    const body = await eventually(
      live,
      ({ metrics: [first], ledger: { difference } }) =>
        difference === 0 && first?.variants.reduce((sum, { n }) => sum + n, 0) === purchases.length,
    );
    expect(Live.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ experiment_key: "button", environment: "production", crossovers: 0 });
    expect(body.variants.map(({ key, is_control, exposures: count }) => [key, is_control, count])).toEqual([
      ["control", true, 60],
      ["treatment", false, 60],
    ]);
    const of = (variant: 0 | 1) => units.filter((unit) => unit % 3 === 0 && unit % 2 === variant);
    const spent = (variant: 0 | 1) => of(variant).reduce((sum, unit) => sum + unit, 0);
    expect(body.metrics.map(({ key, role }) => [key, role])).toEqual([
      ["purchase", "primary"],
      ["revenue", "secondary"],
      ["basket", "guardrail"],
    ]);
    expect(
      body.metrics.map(({ variants }) => variants.map(({ n, sum, denominator }) => [n, sum, denominator])),
    ).toEqual([
      ([0, 1] as const).map((variant) => [of(variant).length, of(variant).length, null]),
      ([0, 1] as const).map((variant) => [of(variant).length, spent(variant), null]),
      ([0, 1] as const).map((variant) => [of(variant).length, spent(variant), of(variant).length]),
    ]);
  });

  it("leave out a unit that turns up in another variant, and say so", async () => {
    await send("crossover", [exposure(2, "treatment")]);
    const body = await eventually(live, ({ crossovers }) => crossovers === 1);
    expect(body.variants.map(({ exposures }) => exposures)).toEqual([59, 60]);
  });

  it("of another environment are its own; of one that the experiment is not in, none", async () => {
    expect((await live("?environment=development")).variants.map(({ exposures }) => exposures)).toEqual([0, 0]);
    const { status, body } = await api.call("GET", "/experiments/button/live?environment=nowhere");
    expect([status, body.code]).toEqual([422, "unknown_reference"]);
    expect((await api.call("GET", "/experiments/nothing/live")).status).toBe(404);
  });
});

describe("the sums of an experiment", () => {
  it("are one cell a name, though every shard has some of it", async () => {
    const body = await sums("day");
    expect(ExperimentSums.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ experiment_key: "button", environment: "production", kind: "day" });
    const names = body.cells.map((cell) => JSON.stringify({ ...cell, n: 0, sums: {} }));
    expect(new Set(names).size).toBe(names.length);
    expect(exposed(body).toSorted((a, b) => a.n - b.n)).toMatchObject([
      { variant_id: "", n: 1 },
      { variant_id: experiment.variants[0]?.id, n: 59 },
      { variant_id: experiment.variants[1]?.id, n: 60 },
    ]);
  });

  it("tell 50 values of a dimension apart, and add the others up", async () => {
    const body = await sums("dimension");
    const slices = new Set(body.cells.map(({ slice }) => slice));
    expect(slices.size).toBe(51);
    expect(slices).toContain(null);
    expect(total(exposed(body))).toBe(119);
    const other = total(exposed(body).filter(({ slice }) => slice === null));
    // Ten countries of two units each, less one of the unit that is left out.
    expect([19, 20]).toContain(other);
  });

  it("ask which kind is wanted", async () => {
    const { status, body } = await api.call("GET", "/experiments/button/sums");
    expect([status, body.code, body.errors[0]?.path]).toEqual([400, "invalid_request", "kind"]);
  });
});
