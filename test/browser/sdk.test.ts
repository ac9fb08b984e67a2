import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecideResponse } from "../../contract/decision.ts";
import type { Ledger } from "../../contract/ledger.ts";
import { eventually, type Platform, startPlatform } from "../platform.ts";
import { launchChromium } from "./chromium.ts";

let platform: Platform;
let browser: Browser;
/** A customer's site on an origin of its own, with the snippet of the README in its page. */
let site: Server;
let siteUrl: string;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
  await platform.admin.post("/metrics", { key: "purchase", name: "Purchases", type: "conversion", event: "purchase" });
  await platform.admin.post("/experiments", {
    name: "Checkout button",
    unit_type: "device_id",
    variants: [
      { key: "control", weight: 50, config: { label: "Place order" } },
      { key: "treatment", weight: 50, config: { label: "Buy now" } },
    ],
    primary_metric: "purchase",
  });
  await platform.admin.patch("/experiments/checkout_button/status", { status: "running" });
  site = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><button></button><script type="module">
      import { createClient } from "${platform.url}/sdk/edgeworth.js";
      const edgeworth = createClient({ key: "${platform.clientKey}", url: "${platform.url}" });
      await edgeworth.ready();
      const { label } = edgeworth.get("checkout_button", { label: "default" });
      const button = document.querySelector("button");
      button.onclick = () => edgeworth.track("purchase", { value: 42.5 });
      button.textContent = label;
    </script>`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  siteUrl = `http://localhost:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  await new Promise((resolve) => (site ? site.close(resolve) : resolve(undefined)));
});

/** What the platform decides for the page's device, asked for with a server key. */
const decisionOf = async (page: Page): Promise<unknown> => {
  const device = (await page.context().cookies(siteUrl)).find(({ name }) => name === "ew_device")?.value;
  const answer = await fetch(`${platform.url}/v1/decide`, {
    method: "POST",
    headers: { authorization: `Bearer ${platform.serverKey}` },
    body: JSON.stringify({ units: { device_id: device } }),
  });
  return ((await answer.json()) as DecideResponse).assignments[0]?.payload;
};

const applied = (events: number): Promise<Ledger> =>
  eventually(
    () => platform.admin.get<Ledger>("/ledger?environment=production"),
    (ledger) => ledger.applied >= events && ledger.difference === 0,
  );

describe("the SDK on a customer's site", () => {
  it("decides, remembers the device, and sends its events across origins by request and by beacon", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(siteUrl);
    await page.waitForSelector("button:not(:empty)");
    const label = await page.textContent("button");
    expect(await decisionOf(page)).toEqual({ label });
    expect(await applied(1)).toMatchObject({ applied: 1, rejected: {}, difference: 0 });

    await page.reload();
    await page.waitForSelector("button:not(:empty)");
    expect(await page.textContent("button")).toBe(label);
    await page.click("button");
    // What the second page has not sent yet leaves with it.
    await page.goto("about:blank");
    expect(await applied(3)).toMatchObject({ applied: 3, rejected: {}, difference: 0 });
    await context.close();
  });
});
