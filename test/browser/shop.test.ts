import murmurhash from "murmurhash";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Experiment } from "../../contract/experiment.ts";
import type { Ledger } from "../../contract/ledger.ts";
import type { Results } from "../../contract/results.ts";
import { sampleExperiments, sampleMetrics } from "../../examples/shop/workspace.ts";
import { eventually, type Platform, startPlatform } from "../platform.ts";
import { launchChromium } from "./chromium.ts";

let platform: Platform;
let browser: Browser;
const experiments = new Map<string, Experiment>();

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
  const env = await platform.harness.getWorker<{ RULES: KeyValues }>("edgeworth-split-url").getEnv();
  await env.RULES.put("example:client_key", platform.clientKey);
  for (const metric of sampleMetrics) await platform.admin.post("/metrics", metric);
  for (const { key, ...experiment } of sampleExperiments) {
    await platform.admin.post("/experiments", { key, ...experiment });
    await platform.admin.patch(`/experiments/${key}/status`, { status: "running" });
    experiments.set(key, await platform.admin.get<Experiment>(`/experiments/${key}`));
  }
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

interface KeyValues {
  put(key: string, value: string): Promise<void>;
}

/** Design section 4, word for word, on the npm package, for an experiment that has all of its layer. */
const variantOf = (experimentKey: string, device: string): string => {
  const { salt, variants } = experiments.get(experimentKey) ?? { salt: "", variants: [] };
  const bucket = murmurhash.v3(`${device}:${salt}`, 0) % 10_000;
  let end = 0;
  return variants.find(({ weight_bp }) => bucket < (end += weight_bp))?.key ?? "none";
};

/** What a visitor did, as it should be counted. */
interface Visit {
  readonly landing: string;
  /** `undefined` for who did not go to the checkout. */
  readonly button: string | undefined;
  /** In euros, 0 for who did not buy. */
  readonly spent: number;
}

const deviceOf = async (context: BrowserContext): Promise<string> =>
  (await context.cookies()).find(({ name }) => name === "ew_device")?.value ?? "";

/** Goes to the landing page, puts the mug in the basket, and looks at the checkout. */
const goToCheckout = async (page: Page): Promise<void> => {
  await page.goto(`${platform.url}/shop/landing?utm_source=test`);
  await page.click('[data-add="mug"]');
  // Leaves the landing page before its client would have sent the event by itself.
  await page.goto(`${platform.url}/shop/checkout?debug=1`);
  await page.waitForSelector("[data-buy]:not([hidden])");
};

const shop = async (visitor: { device?: string; buys: boolean; looksOnly?: boolean }): Promise<Visit> => {
  const context = await browser.newContext();
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  if (visitor.device !== undefined)
    await context.addCookies([{ name: "ew_device", value: visitor.device, url: platform.url }]);
  const page = await context.newPage();
  try {
    if (visitor.looksOnly) await page.goto(`${platform.url}/shop/landing?utm_source=test`);
    else await goToCheckout(page);
    const device = await deviceOf(context);
    const landing = variantOf("shop_landing", device);
    if (visitor.looksOnly) {
      const path = landing === "treatment" ? "/shop/landing-b" : "/shop/landing";
      expect(page.url()).toBe(`${platform.url}${path}?utm_source=test`);
      return { landing, button: undefined, spent: 0 };
    }
    const button = variantOf("shop_checkout_button", device);
    expect(await page.textContent("[data-buy]")).toBe(button === "treatment" ? "Buy now – 2 clicks" : "Place order");
    expect(await page.textContent(".debug")).toBe(`shop_checkout_button: ${button}`);
    if (visitor.buys) {
      await page.click("[data-buy]");
      await page.waitForSelector(".thanks");
    }
    // Leaves at once: only a beacon can bring what the page still has.
    await page.goto("about:blank");
    expect(errors).toEqual([]);
    return { landing, button, spent: visitor.buys ? 24 : 0 };
  } finally {
    await context.close();
  }
};

describe("the example shop", () => {
  it("splits its visitors, and the results show exactly what they did", async () => {
    const visits: Visit[] = [];
    visits.push(await shop({ buys: true }));
    visits.push(await shop({ buys: false }));
    for (let number = 0; number < 6; number++)
      visits.push(await shop({ device: `shopper-${number}`, buys: number % 3 !== 0 }));
    for (let number = 0; number < 4; number++)
      visits.push(await shop({ device: `looker-${number}`, buys: false, looksOnly: true }));

    const shoppers = visits.filter(({ button }) => button !== undefined);
    const buyers = visits.filter(({ spent }) => spent > 0);
    // An exposure of the landing page each; a basket and one exposure of the button for who went on; a purchase.
    const events = visits.length + 2 * shoppers.length + buyers.length;
    const ledger = await eventually(
      () => platform.admin.get<Ledger>("/ledger?environment=production"),
      ({ applied, difference }) => applied >= events && difference === 0,
    );
    // What was on its way when its page was left is sent twice and counted once.
    expect(ledger).toMatchObject({ applied: events, difference: 0, rejected: {} });

    for (const [key, arm] of [
      ["shop_landing", "landing"],
      ["shop_checkout_button", "button"],
    ] as const) {
      const results = await platform.admin.get<Results>(`/results/${key}?environment=production`);
      for (const variant of results.variants) {
        const exposed = visits.filter((visit) => visit[arm] === variant.key);
        expect([key, variant.key, variant.exposures]).toEqual([key, variant.key, exposed.length]);
        const figures = (metric: string) =>
          results.metrics.find((result) => result.key === metric)?.variants.find((of) => of.key === variant.key);
        const bought = exposed.filter(({ spent }) => spent > 0).length;
        expect(figures("shop_purchase")).toMatchObject({ n: exposed.length, sum: bought });
        expect(figures("shop_revenue")).toMatchObject({ n: exposed.length, sum: 24 * bought });
      }
    }
    const landing = await platform.admin.get<Results>("/results/shop_landing?environment=production");
    const baskets = landing.metrics.find(({ key }) => key === "shop_add_to_basket")?.variants ?? [];
    expect(baskets.reduce((sum, variant) => sum + variant.sum, 0)).toBe(shoppers.length);
  });

  it("works without Edgeworth: the defaults, and nothing thrown", async () => {
    const context = await browser.newContext();
    const errors: string[] = [];
    context.on("weberror", (error) => errors.push(String(error.error())));
    await context.route("**/v1/**", (route) => route.abort());
    const page = await context.newPage();
    await goToCheckout(page);
    expect(await page.textContent("[data-buy]")).toBe("Place order");
    expect(await page.textContent(".debug")).toBe("shop_checkout_button: not in the experiment");
    await page.click("[data-buy]");
    await page.waitForSelector(".thanks");
    expect(errors).toEqual([]);
    await context.close();
  });
});
