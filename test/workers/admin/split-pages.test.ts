import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Experiment } from "../../../contract/experiment.ts";
import type { ProblemBody } from "../../../contract/problem.ts";
import { type AdminApi, aMetric, plain, startAdmin } from "./admin-api.ts";

/** An answer that a test reads as the one or the other. */
type Either = Experiment & Omit<ProblemBody, "status">;

let api: AdminApi;
let made = 0;
/** A path that no other test has. */
let page = "";

beforeAll(async () => {
  api = await startAdmin();
  await api.call("POST", "/metrics", aMetric("purchase"));
  await api.call("POST", "/layers", { name: "Users" });
  await api.call("POST", "/layers", { name: "Devices", unit_type: "device_id" });
});
afterAll(() => api.close());
beforeEach(() => {
  made += 1;
  page = `/page-${made}`;
});

/** Variants that lead to the targets; the one without stays. */
const to = (...targets: (string | undefined)[]) =>
  targets.map((url, index) => ({
    key: `v${index}`,
    weight: 100 / targets.length,
    ...(url !== undefined && { config: { url } }),
  }));

const aSplit = (change: object = {}) =>
  plain({ type: "split_url", url: page, variants: to(undefined, `${page}-b`), primary_metric: "purchase", ...change });
const create = (key: string, change: object = {}) =>
  api.call<Either>("POST", "/experiments", aSplit({ key: `${key}-${made}`, ...change }));
const start = (key: string) => api.call<Either>("PATCH", `/experiments/${key}-${made}/status`, { status: "running" });
const refusalOf = ({ status, body }: { status: number; body: Either }) => [
  status,
  body.code,
  body.errors.map(({ path }) => path),
];

describe("a split-URL test", () => {
  it.each([
    ["divides users", { unit_type: "user_id" }, ["unit_type"]],
    ["is in a layer of users", { layer: "users" }, ["layer"]],
    ["is in a layer of users and says so", { layer: "users", unit_type: "user_id" }, ["unit_type"]],
    ["leads nowhere", { variants: to(undefined, undefined) }, ["variants.1.config.url"]],
    ["leads to its own page", { url: "/here", variants: to(undefined, "/here/") }, ["variants.1.config.url"]],
    [
      "leads to its own page on its host",
      { url: "https://shop.example/here", variants: to("/here", "https://shop.example/here#top") },
      ["variants.0.config.url", "variants.1.config.url"],
    ],
  ])("that %s is refused when it is made and when a draft becomes it", async (_, wrong, paths) => {
    expect(refusalOf(await create("wrong", wrong))).toEqual([422, "invalid_request", paths]);
    expect((await create("right")).status).toBe(201);
    const before = await api.stored();
    expect(refusalOf(await api.call<Either>("PATCH", `/experiments/right-${made}`, wrong))).toEqual([
      422,
      "invalid_request",
      paths,
    ]);
    expect(await api.stored()).toBe(before);
  });

  it.each([
    ["a layer of devices", { layer: "devices", traffic: 0.1 }],
    ["its own page with a query", { url: "/here", variants: to(undefined, "/here?v=2") }],
    ["the same path on another host", { url: "/here", variants: to(undefined, "https://b.example/here") }],
  ])("may have %s", async (_, change) => {
    expect((await create("allowed", change)).status).toBe(201);
  });
});

describe("starting a split-URL test", () => {
  it.each([
    ["the same page", () => page],
    ["the same page with a slash and a query", () => `${page}/?a=1`],
    ["the same path of one host", () => `https://shop.example${page}`],
  ])("is refused while another tests %s, and works once that is paused", async (_, url) => {
    await create("one");
    await create("two", { url: url(), environments: ["production", "development"] });
    expect((await start("one")).status).toBe(200);
    const refused = await start("two");
    expect(refusalOf(refused)).toEqual([409, "conflict", ["url"]]);
    expect(refused.body.detail).toContain(`one-${made}`);
    await api.call("PATCH", `/experiments/one-${made}/status`, { status: "paused" });
    expect((await start("two")).status).toBe(200);
    expect(refusalOf(await start("one"))).toEqual([409, "conflict", ["url"]]);
  });

  it.each([
    ["in another environment", {}, { environments: ["development"] }],
    ["with other visitors of one layer", { layer: "devices", traffic: 0.1 }, { layer: "devices", traffic: 0.1 }],
  ])("works beside another on its page %s", async (_, one, two) => {
    await create("one", one);
    await create("two", two);
    expect([(await start("one")).status, (await start("two")).status]).toEqual([200, 200]);
  });

  it("is refused when another leads from its target back to it", async () => {
    await create("there");
    await create("back", { url: `${page}-b`, variants: to(undefined, page) });
    expect((await start("there")).status).toBe(200);
    const refused = await start("back");
    expect(refusalOf(refused)).toEqual([409, "conflict", ["variants.1.config.url"]]);
    expect(refused.body.detail).toContain(`there-${made}`);
  });

  it("works when another leads on from its target", async () => {
    await create("first");
    await create("second", { url: `${page}-b`, variants: to(undefined, `${page}-c`) });
    expect([(await start("first")).status, (await start("second")).status]).toEqual([200, 200]);
  });
});
