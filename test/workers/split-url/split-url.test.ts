import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import murmurhash from "murmurhash";
import { createTestHarness } from "wrangler";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerCounts } from "../../../contract/ledger.ts";
import type { SumsCell, SumsKind } from "../../../contract/sums.ts";
import { encodeRuleset } from "../../../core/encode-ruleset.ts";
import { anExperiment, aRuleset } from "../../core/a-ruleset.ts";
import { eventually } from "../../platform.ts";

interface PublisherEnv {
  readonly PUBLISHER: {
    getByName(environment: string): {
      publish(input: { environment: string; text: string; source_revision: number }): Promise<unknown>;
    };
  };
}

interface IngestEnv {
  readonly UNIT_SHARD: {
    getByName(name: string): {
      sums(query: { experiment_ids: string[]; kinds: SumsKind[] }): Promise<SumsCell[]>;
      ledger(): Promise<LedgerCounts>;
    };
  };
}

const harness = createTestHarness({
  root: new URL("../../..", import.meta.url).pathname,
  workers: [
    { configPath: "workers/split-url/wrangler.toml" },
    { configPath: "workers/ingest/wrangler.toml" },
    { configPath: "workers/decide/wrangler.toml" },
  ],
});
const worker = harness.getWorker("edgeworth-split-url");

/** The customer's site: it answers with what it was asked for. */
let site: Server;
let siteUrl: string;
const siteRequests: IncomingMessage[] = [];

beforeAll(async () => {
  site = createServer((request, response) => {
    siteRequests.push(request);
    response.writeHead(request.url?.startsWith("/gone") ? 404 : 200, {
      "content-type": "text/html",
      "cache-control": "public, max-age=600",
      "set-cookie": "own=1",
    });
    response.end(`${request.method} ${request.url}`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  await harness.listen();
});
afterAll(async () => {
  await harness.close();
  await new Promise((resolve) => site.close(resolve));
});

const visit = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  worker.fetch(siteUrl + path, { method, headers, redirect: "manual" });

const landing = anExperiment({
  id: "exp_landing",
  key: "landing",
  salt: "landing-salt",
  layer_salt: "landing-salt/traffic",
  type: "split_url",
  unit_type: "device_id",
  url: "/landing",
  variants: [
    { id: "landing-c", key: "control", weight_bp: 5000, is_control: true, config: null },
    { id: "landing-t", key: "treatment", weight_bp: 5000, is_control: false, config: { url: "/landing-b?v=2" } },
  ],
});
/** Half of the traffic, a third variant, and a target on another site. */
const pricing = anExperiment({
  id: "exp_pricing",
  key: "pricing",
  salt: "pricing-salt",
  layer_salt: "shared-layer",
  slots: [{ range_start: 2500, range_end: 7499 }],
  type: "split_url",
  unit_type: "device_id",
  url: "/pricing",
  variants: [
    { id: "pricing-c", key: "control", weight_bp: 2000, is_control: true, config: null },
    { id: "pricing-a", key: "a", weight_bp: 3000, is_control: false, config: { url: "/pricing-a" } },
    { id: "pricing-b", key: "b", weight_bp: 5000, is_control: false, config: { url: "https://b.example/pricing" } },
  ],
});

/** Design section 4, word for word, on the npm package: shares no line with core/. */
const bucket = (unit: string, salt: string): number => murmurhash.v3(`${unit}:${salt}`, 0) % 10_000;
const isTreated = (device: string): boolean => bucket(device, "landing-salt") >= 5000;

/** Who stays on `/landing`, and who is sent away from it. */
const stays = Array.from({ length: 100 }, (_, i) => `device-${i}`).find((device) => !isTreated(device)) ?? "";
const leaves = Array.from({ length: 100 }, (_, i) => `device-${i}`).find(isTreated) ?? "";

describe("split-url while nothing was ever published", () => {
  it("gives every visitor the site's own page, without a cookie", async () => {
    const response = await visit("/landing?a=1");
    expect([response.status, await response.text()]).toEqual([200, "GET /landing?a=1"]);
    expect(response.headers.getSetCookie()).toEqual(["own=1"]);
  });
});

describe("split-url", () => {
  beforeAll(async () => {
    const env = await harness.getWorker<PublisherEnv>("edgeworth-decide").getEnv();
    await env.PUBLISHER.getByName("production").publish({
      environment: "production",
      text: JSON.stringify(encodeRuleset(aRuleset({ experiments: [landing, pricing] }))),
      source_revision: 1,
    });
    await eventually(
      () => visit("/landing", { cookie: `ew_device=${leaves}` }),
      ({ status }) => status === 302,
    );
  });

  it("splits 500 devices as the contract computes it", async () => {
    const devices = Array.from({ length: 500 }, (_, i) => `visitor-${i}`);
    const seen = new Map<string, string>();
    for (const device of devices) {
      const response = await visit("/pricing", { cookie: `other=1; ew_device=${device}; last=2` });
      seen.set(device, response.headers.get("location") ?? `stays (${response.status})`);
      await response.body?.cancel();
    }
    const expected = devices.map((device) => {
      const layerBucket = bucket(device, "shared-layer");
      const variantBucket = bucket(device, "pricing-salt");
      if (layerBucket < 2500 || layerBucket > 7499 || variantBucket < 2000) return "stays (200)";
      return variantBucket < 5000 ? "/pricing-a" : "https://b.example/pricing";
    });
    expect([...seen.values()]).toEqual(expected);
    expect(new Set(expected).size).toBe(3);
  });

  it("redirects once, uncached, with the visitor's query and the target's", async () => {
    const response = await visit("/landing/?utm_source=news%20letter&v=1", { cookie: `ew_device=${leaves}` });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/landing-b?utm_source=news%20letter&v=2");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("leaves the page of the control as the site made it", async () => {
    const response = await visit("/landing?a=1", { cookie: `ew_device=${stays}` });
    expect([response.status, await response.text()]).toEqual([200, "GET /landing?a=1"]);
    expect(response.headers.get("cache-control")).toBe("public, max-age=600");
    expect(response.headers.getSetCookie()).toEqual(["own=1"]);
  });

  it("gives a new visitor a device id for a year, by which the visitor stays in the variant", async () => {
    for (let visitor = 0; visitor < 20; visitor++) {
      const first = await visit("/landing");
      await first.body?.cancel();
      const cookie = first.headers.getSetCookie().find((line) => line.startsWith("ew_device=")) ?? "";
      const [, device = ""] = /^ew_device=([0-9a-f-]{36}); Max-Age=31536000; Path=\/; SameSite=Lax$/.exec(cookie) ?? [];
      expect(first.headers.get("location")).toBe(isTreated(device) ? "/landing-b?v=2" : null);
      const again = await visit("/landing", { cookie: `ew_device=${device}` });
      await again.body?.cancel();
      expect(again.headers.get("location")).toBe(first.headers.get("location"));
      expect(again.headers.getSetCookie().filter((line) => line.startsWith("ew_device="))).toEqual([]);
    }
  });

  it("lets no cache keep a page that carries a visitor's cookie, and keeps the site's own cookies", async () => {
    let page = await visit("/landing");
    while (page.status === 302) page = await visit("/landing");
    expect(page.headers.get("cache-control")).toBe("private, no-cache");
    expect(page.headers.getSetCookie()).toHaveLength(2);
    expect(page.headers.getSetCookie()[0]).toBe("own=1");
  });

  it.each([
    ["another page", "/other?a=1", {}, "GET"],
    ["a page below", "/landing/more", {}, "GET"],
    ["the target itself", "/landing-b", {}, "GET"],
    ["a page that is not there", "/gone", {}, "GET"],
    ["a form", "/landing", {}, "POST"],
    ["a HEAD", "/landing", {}, "HEAD"],
    ["a script's fetch", "/landing", { "sec-fetch-dest": "empty" }, "GET"],
    ["a prefetch of another page", "/other", { "sec-purpose": "prefetch" }, "GET"],
  ])("passes %s on, untouched", async (_, path, headers, method) => {
    siteRequests.length = 0;
    const response = await visit(path, { cookie: `ew_device=${leaves}`, ...headers }, method);
    const anonymous = await visit(path, headers, method);
    expect(response.status).toBe(path === "/gone" ? 404 : 200);
    expect(await response.text()).toBe(method === "HEAD" ? "" : `${method} ${path}`);
    expect(anonymous.headers.getSetCookie()).toEqual(["own=1"]);
    expect(siteRequests[0]).toMatchObject({ method, url: path });
    expect(siteRequests[0]?.headers.cookie).toBe(`ew_device=${leaves}`);
  });

  it.each([
    ["a prefetch", { "sec-purpose": "prefetch" }],
    ["a prerender", { "sec-purpose": "prefetch;prerender" }],
    ["a prefetch through a proxy", { "sec-purpose": "prefetch;anonymous-client-ip" }],
    ["a link's prefetch", { "sec-fetch-dest": "empty", "sec-purpose": "prefetch" }],
    ["an old prefetch", { purpose: "prefetch" }],
    ["Firefox's prefetch", { "x-moz": "prefetch" }],
  ])("refuses %s of a tested page, so that the browser asks again on the visit itself", async (_, headers) => {
    siteRequests.length = 0;
    const response = await visit("/landing", { cookie: `ew_device=${leaves}`, ...headers });
    expect([response.status, await response.text()]).toEqual([503, ""]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(siteRequests).toEqual([]);
  });

  it("counts one exposure a device and variant, the control's too, however often the device comes", async () => {
    const devices = Array.from({ length: 60 }, (_, i) => `counted-${i}`);
    // The tests above exposed these devices, and every new visitor of theirs.
    const before = await settled(counts);
    for (const device of [...devices, ...devices]) {
      const response = await visit("/landing", { cookie: `ew_device=${device}` });
      await response.body?.cancel();
    }
    const after = await eventually(counts, (exposed) => total(exposed) >= total(before) + devices.length);
    const treated = devices.filter(isTreated).length;
    expect((after["landing-t"] ?? 0) - (before["landing-t"] ?? 0)).toBe(treated);
    expect((after["landing-c"] ?? 0) - (before["landing-c"] ?? 0)).toBe(devices.length - treated);
    expect(await settled(counts)).toEqual(after);
  });

  it("sends a known bot the way of its device like anybody, and counts it in the lane of bots", async () => {
    const [before, botsBefore] = [await settled(counts), await bots()];
    const crawler = { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" };
    const devices = Array.from({ length: 10 }, (_, i) => `crawler-${i}`);
    for (const device of devices) {
      const response = await visit("/landing", { cookie: `ew_device=${device}`, ...crawler });
      expect(response.status).toBe(isTreated(device) ? 302 : 200);
      await response.body?.cancel();
    }
    expect(await eventually(bots, (count) => count >= botsBefore + devices.length)).toBe(botsBefore + devices.length);
    expect(await settled(counts)).toEqual(before);
  });
});

const shards = async () => {
  const env = await harness.getWorker<IngestEnv>("edgeworth-ingest").getEnv();
  return Array.from({ length: 8 }, (_, shard) => env.UNIT_SHARD.getByName(`production:1:${shard}`));
};

/** Units that saw the landing page's test by variant, over all shards. */
const counts = async (): Promise<Record<string, number>> => {
  const exposed: Record<string, number> = {};
  for (const shard of await shards())
    for (const cell of await shard.sums({ experiment_ids: ["exp_landing"], kinds: ["day"] }))
      if (cell.metric_id === "") exposed[cell.variant_id] = (exposed[cell.variant_id] ?? 0) + cell.n;
  return exposed;
};

/** Events in the lane of bots, over all shards. */
const bots = async (): Promise<number> => {
  const ledgers = await Promise.all((await shards()).map((shard) => shard.ledger()));
  return ledgers.reduce((sum, { bot }) => sum + bot, 0);
};

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

/** The answer once it has stayed the same for a few seconds: longer than the queue waits to fill a batch. */
const settled = async <T>(ask: () => Promise<T>): Promise<T> => {
  let last = await ask();
  let since = Date.now();
  return eventually(
    async () => {
      const answer = await ask();
      if (JSON.stringify(answer) !== JSON.stringify(last)) since = Date.now();
      last = answer;
      return answer;
    },
    () => Date.now() - since > 3000,
  );
};
