import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_ANALYSIS } from "../../../contract/analysis-settings.ts";
import { Experiment } from "../../../contract/experiment.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

type Either = Experiment & Omit<ProblemBody, "status">;

let api: AdminApi;
const create = (body: object) => api.call<Either>("POST", "/experiments", body);
const change = (key: string, body: object) => api.call<Either>("PATCH", `/experiments/${key}`, body);

/** Sends what must be refused, and proves that nothing was stored. */
const refused = async (method: string, path: string, body: object) => {
  const before = await api.stored();
  const { status, body: problem } = await api.call(method, path, body);
  expect(await api.stored()).toBe(before);
  return [status, ...problem.errors.map((error) => error.path)];
};

const guarded = { guardrail_metrics: ["latency", "refunds"] };
let refundsId = "";

beforeAll(async () => {
  api = await startAdmin();
  for (const key of ["purchase", "latency", "refunds"]) await api.call("POST", "/metrics", aMetric(key));
  refundsId = String((await api.rows("SELECT id FROM metrics WHERE key = 'refunds'"))[0]?.id);
});
afterAll(() => api.close());

describe("how an experiment is read", () => {
  it("is by anytime-valid sequences unless it says otherwise", async () => {
    const { status, body } = await create(plain({ key: "defaults" }));
    expect(status).toBe(201);
    expect(Experiment.parse(body)).toEqual(body);
    expect(body.analysis).toEqual(DEFAULT_ANALYSIS);
    expect(body.guardrail_limits).toEqual({});
  });

  it("is tuned to the number of units that its design has, and to another where that changes", async () => {
    const { body } = await create(plain({ key: "clustered", unit_type: "company_id", member_type: "user_id" }));
    expect(body.analysis.tuning_units).toBe(200);
    const { body: users } = await change("clustered", { member_type: null });
    expect(users.analysis.tuning_units).toBe(DEFAULT_ANALYSIS.tuning_units);
    const { body: chosen } = await change("clustered", { analysis: { tuning_units: 500 } });
    const { body: again } = await change("clustered", { member_type: "user_id" });
    expect([chosen.analysis.tuning_units, again.analysis.tuning_units]).toEqual([500, 500]);
  });

  it("waits no longer for a decision than the test is planned to last", async () => {
    const { body } = await create(plain({ key: "short", estimated_duration_days: 3 }));
    expect(body.analysis.min_days).toBe(3);
  });

  it("is chosen field by field, the others keep what they have", async () => {
    const { body } = await create(plain({ key: "chosen", analysis: { method: "group_sequential", looks: 4 } }));
    expect(body.analysis).toEqual({ ...DEFAULT_ANALYSIS, method: "group_sequential", looks: 4 });
    const { body: changed } = await change("chosen", { analysis: { spending: "power", spending_parameter: 2 } });
    expect(changed.analysis).toEqual({ ...body.analysis, spending: "power", spending_parameter: 2 });
    expect((await api.call("GET", "/experiments/chosen")).body).toEqual(changed);
  });

  it.each([
    [{ method: "eyeballing" }, "analysis.method"],
    [{ looks: 0 }, "analysis.looks"],
    [{ looks: 31 }, "analysis.looks"],
    [{ tuning_units: 99 }, "analysis.tuning_units"],
    [{ prior_sd: 0 }, "analysis.prior_sd"],
    [{ spending: "power" }, "analysis.spending_parameter"],
    [{ spending: "hwang_shih_decani", spending_parameter: 0 }, "analysis.spending_parameter"],
    [{ spending: "pocock", spending_parameter: 1 }, "analysis.spending_parameter"],
    [{ sequences: true }, "analysis.sequences"],
  ])("is refused as %j", async (analysis, path) => {
    expect(await refused("POST", "/experiments", plain({ key: "bad", analysis }))).toEqual([400, path]);
    expect(await refused("PATCH", "/experiments/defaults", { analysis })).toEqual([400, path]);
  });

  it("cannot change once it runs", async () => {
    await create(plain({ key: "started", ...guarded, primary_metric: "purchase" }));
    expect((await api.call("PATCH", "/experiments/started/status", { status: "running" })).status).toBe(200);
    for (const body of [{ analysis: { method: "bayesian" } }, { guardrail_limits: { latency: 0.5 } }])
      expect((await refused("PATCH", "/experiments/started", body))[0]).toBe(409);
  });

  it("is what it was planned to be where it was planned before there was a choice", async () => {
    await create(plain({ key: "old" }));
    const [column] = await api.rows(
      "SELECT dflt_value AS value FROM pragma_table_info('experiments') WHERE name = 'analysis'",
    );
    await api.rows(`UPDATE experiments SET analysis = ${String(column?.value)} WHERE key = 'old'`);
    const { body } = await api.call<Either>("GET", "/experiments/old");
    expect(Experiment.parse(body).analysis).toMatchObject({
      method: "fixed_horizon",
      correction: "bonferroni",
      cuped: false,
    });
  });
});

describe("the limits of guardrails", () => {
  it("are kept by key, whatever they were named by", async () => {
    const { status, body } = await create(
      plain({
        key: "limited",
        guardrail_metrics: ["latency", refundsId],
        guardrail_limits: { latency: 0.01, [refundsId]: 0.1 },
      }),
    );
    expect([status, body.guardrail_limits]).toEqual([201, { latency: 0.01, refunds: 0.1 }]);
  });

  it("go with their guardrail", async () => {
    const { body } = await change("limited", { guardrail_metrics: ["refunds"] });
    expect(body.guardrail_limits).toEqual({ refunds: 0.1 });
  });

  it.each([
    [{ guardrail_limits: { speed: 0.1 } }, 400, "guardrail_limits.speed"],
    [{ guardrail_limits: { latency: 0 } }, 400, "guardrail_limits.latency"],
    [{ guardrail_limits: { latency: 11 } }, 400, "guardrail_limits.latency"],
    [{ guardrail_limits: { latency: "1 %" } }, 400, "guardrail_limits.latency"],
  ])("are refused as %j", async (limits, status, path) => {
    expect(await refused("POST", "/experiments", plain({ key: "bad", ...guarded, ...limits }))).toEqual([status, path]);
  });
});

describe("metrics that a design cannot count", () => {
  const types = {
    kept: { type: "retention", event: "open", retention_days: [1, 7] },
    soon: { type: "time_to_event", event: "open" },
    slow: { type: "quantile", event: "load", quantile: 0.9 },
    spent: { type: "sum", event: "purchase", cap_percentile: 0.99 },
    share: { type: "ratio", numerator: { event: "click" }, denominator: { event: "view" } },
  };
  beforeAll(async () => {
    for (const [key, metric] of Object.entries(types))
      await api.call("POST", "/metrics", { key, name: key, ...metric });
  });

  it.each([
    ["switchback", "kept"],
    ["switchback", "soon"],
    ["switchback", "slow"],
    ["switchback", "spent"],
    ["interleaving", "slow"],
    ["interleaving", "share"],
  ])("are refused: in a %s test %s", async (design, metric) => {
    const as = design === "switchback" ? { switchback: { window_minutes: 60 } } : { type: "interleaving" };
    expect(await refused("POST", "/experiments", plain({ key: "bad", ...as, primary_metric: metric }))).toEqual([
      400,
      "primary_metric",
    ]);
    const beside = { secondary_metrics: ["purchase", metric], guardrail_metrics: ["latency"] };
    expect(await refused("POST", "/experiments", plain({ key: "bad", ...as, ...beside }))).toEqual([
      400,
      "secondary_metrics.1",
    ]);
  });
});
