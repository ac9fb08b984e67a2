import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import front from "../../../workers/front/index.ts";
import { ProblemBody } from "../../../contract/problem.ts";

const root = new URL("../../..", import.meta.url).pathname;
const compatibility_date = "2026-11-01";

/** The list of paths as the root wrangler.toml has it. */
const readRunWorkerFirst = async (): Promise<string[]> => {
  const list = /^run_worker_first = (\[.*\])$/m.exec(await readFile(join(root, "wrangler.toml"), "utf8"))?.[1];
  return JSON.parse(list ?? "null");
};

let harness: ReturnType<typeof createTestHarness>;
let assets: string;
let origin: string;

beforeAll(async () => {
  assets = await mkdtemp(join(tmpdir(), "edgeworth-front-"));
  await mkdir(join(assets, "assets"));
  await writeFile(join(assets, "index.html"), "<title>The dashboard</title>");
  await writeFile(join(assets, "assets", "app.js"), "export {};");
  await copyFile(join(root, "ui", "public", "_headers"), join(assets, "_headers"));
  harness = createTestHarness({
    root,
    workers: [
      {
        config: {
          name: "edgeworth",
          main: "workers/front/index.ts",
          compatibility_date,
          assets: {
            directory: assets,
            binding: "ASSETS",
            not_found_handling: "single-page-application",
            run_worker_first: await readRunWorkerFirst(),
          },
          services: [
            { binding: "DECIDE", service: "decide" },
            { binding: "INGEST", service: "ingest" },
            { binding: "ADMIN", service: "admin" },
            { binding: "EXAMPLE_SHOP", service: "split-url", entrypoint: "ExampleShop" },
          ],
        },
      },
      ...["decide", "ingest", "admin", "split-url"].map((name) => ({
        config: { name, main: "test/workerd/echo.ts", compatibility_date, vars: { NAME: name } },
      })),
    ],
  });
  const { url } = await harness.listen();
  origin = url.origin;
});

afterAll(async () => {
  await harness.close();
  await rm(assets, { recursive: true });
});

/** As a browser asks when a person follows a link. */
const navigation = { headers: { "sec-fetch-mode": "navigate", accept: "text/html" } };

describe("the front Worker", () => {
  it.each([
    ["/v1/decide?user_key=u1", "decide"],
    ["/v1/ruleset", "decide"],
    ["/v1/stream", "decide"],
    ["/ofrep/v1/evaluate/flags/a", "decide"],
    ["//ofrep/v1/evaluate/flags/a", "decide"],
    ["/v1/events", "ingest"],
    ["/api/v1/experiments?limit=1", "admin"],
    ["/shop", "split-url/ExampleShop"],
    ["/shop/", "split-url/ExampleShop"],
    ["/shop/landing?x=1", "split-url/ExampleShop"],
  ])("passes %s to %s as it came, a navigation too", async (target, name) => {
    const body = JSON.stringify({ a: "ü" });
    const response = await fetch(origin + target, { method: "POST", body, headers: { "x-api-key": "k1" } });
    expect(await response.json()).toEqual({ name, method: "POST", target, key: "k1", has_cf: true, body });
    const visited = await fetch(origin + target, navigation);
    expect(await visited.json()).toMatchObject({ name, method: "GET", target });
  });

  it.each(["/v1/", "/v1/decides", "/v1/decide/", "/v1/events/x"])("answers %s with a problem", async (path) => {
    const response = await fetch(origin + path, navigation);
    expect(response.status).toBe(404);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(ProblemBody.parse(await response.json()).code).toBe("not_found");
  });

  it("answers 503 when it cannot reach the Worker behind it", async () => {
    // Local service bindings turn a throw into a 500 of their own; on Cloudflare the call rejects.
    const unreachable = { fetch: () => Promise.reject(new Error("No.")), connect: () => expect.unreachable() };
    const env = {
      ASSETS: unreachable,
      DECIDE: unreachable,
      INGEST: unreachable,
      ADMIN: unreachable,
      EXAMPLE_SHOP: unreachable,
    };
    const response = await front.fetch(new Request("http://edge.test/v1/decide"), env);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(ProblemBody.parse(await response.json()).code).toBe("unavailable");
  });
});

describe("the dashboard", () => {
  it.each(["/", "/experiments/checkout_button", "/apis", "/shopping"])("is served at %s", async (path) => {
    const response = await fetch(origin + path, navigation);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("The dashboard");
  });

  it.each(["/", "/experiments/checkout_button", "/assets/app.js"])("is guarded by its headers at %s", async (path) => {
    const { headers } = await fetch(origin + path, navigation);
    const policy = (headers.get("content-security-policy") ?? "").split(";").map((directive) => directive.trim());
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBeTruthy();
  });
});
