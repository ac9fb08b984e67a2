import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Phase } from "../../../contract/experiment.ts";
import type { Results } from "../../../contract/results.ts";
import { eventually } from "../../platform.ts";
import { type AdminApi, aMetric, startAdmin } from "./admin-api.ts";

let api: AdminApi;
let key = "";
const results = async () => (await api.call<Results>("GET", "/results/phased")).body;
const begin = (body: object) => api.call<Phase>("POST", "/experiments/phased/phases", { reason: "Tests.", ...body });
const exposuresOf = ({ variants }: Results) => Object.fromEntries(variants.map((each) => [each.key, each.exposures]));

/** Exposes units, a number in each variant, and comes back when ingest has taken all of them. */
const expose = async (batch: string, counts: Readonly<Record<string, number>>): Promise<void> => {
  const ingest = api.harness.getWorker("edgeworth-ingest");
  const events = Object.entries(counts).flatMap(([variant_key, count]) =>
    Array.from({ length: count }, (_, index) => ({
      event_id: `${batch}-${variant_key}-${index}`,
      type: "exposure",
      timestamp: Date.now(),
      user_id: `${batch}-${variant_key}-${index}`,
      experiment_key: "phased",
      variant_key,
    })),
  );
  const send = async (): Promise<{ accepted?: number }> =>
    ingest
      .fetch("http://edge.test/v1/events", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ batch_id: batch, events }),
      })
      .then((answer) => answer.json() as Promise<{ accepted?: number }>);
  await eventually(send, ({ accepted }) => accepted === events.length);
};

beforeAll(async () => {
  api = await startAdmin();
  key = await api.createKey("server", "production");
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/experiments", {
    key: "phased",
    name: "Phased",
    primary_metric: "purchase",
    traffic: 0.5,
    variants: [
      { key: "control", weight: 40 },
      { key: "b", weight: 40 },
      { key: "c", weight: 20 },
    ],
  });
  await api.call("PATCH", "/experiments/phased/status", { status: "running" });
  await expose("first", { control: 40, b: 40, c: 20 });
  await eventually(results, (each) => exposuresOf(each)["control"] === 40);
});
afterAll(() => api.close());

describe("the results of an experiment with phases", () => {
  it("add up what came before and after its traffic grew", async () => {
    await api.call("PUT", "/experiments/phased/allocations", { traffic: 1 });
    await expose("grown", { control: 4, b: 4, c: 2 });
    const body = await eventually(results, (each) => exposuresOf(each)["control"] === 44);
    expect(exposuresOf(body)).toEqual({ control: 44, b: 44, c: 22 });
    expect(body.health.srm.p_value).toBeCloseTo(1, 6);
  });

  it("begin anew with other weights, against which the split is checked", async () => {
    await begin({ weights: { control: 90, b: 10, c: 0 } });
    // Whoever was decided before the phase began may still come in: no broken split, and no variant that is compared.
    await expose("weighed", { control: 90, b: 10, c: 1 });
    const body = await eventually(results, (each) => exposuresOf(each)["control"] === 90);
    expect(exposuresOf(body)).toEqual({ control: 90, b: 10 });
    expect(body.health.srm).toMatchObject({ ok: true, p_value: 1 });
    expect(body.variants.map(({ expected_share }) => expected_share)).toEqual([0.9, 0.1]);
  });

  it("leave units out that were first exposed in an earlier phase", async () => {
    await begin({ reshuffle: true });
    await expose("first", { control: 5 });
    await expose("shuffled", { control: 9, b: 1 });
    const body = await eventually(results, (each) => exposuresOf(each)["control"] === 9);
    expect(exposuresOf(body)).toEqual({ control: 9, b: 1 });
  });
});
