import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Experiment } from "../../contract/experiment.ts";
import type { Flag, FlagEnvironment } from "../../contract/flag.ts";
import type { Results } from "../../contract/results.ts";
import { eventually, type Platform, startPlatform } from "../platform.ts";
import { fullResults } from "../ui/a-results.ts";
import { launchChromium } from "./chromium.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let platform: Platform;
let browser: Browser;

/** Where pictures of pages are kept to be looked at. */
const SCREENSHOTS = join(import.meta.dirname, "../../node_modules/.cache/screenshots");

/** As long as a flag's key may be, with nowhere to break it. */
const LONG_KEY = "k".repeat(100);

/** Users of each variant of `button_copy`, and how many of them buy. */
const PLAYED = [
  { variant: "control", users: 400, buyers: 40 },
  { variant: "treatment", users: 410, buyers: 90 },
] as const;

/** Sends what a running experiment's users did: one exposure each, and a purchase of 10 from every buyer. */
const play = async (experiment: string): Promise<void> => {
  const timestamp = Date.now();
  const events = PLAYED.flatMap(({ variant, users, buyers }) =>
    Array.from({ length: users }, (_, index) => {
      const user_id = `${experiment}-${variant}-${index}`;
      const context = { country: index % 4 === 0 ? "CA" : "US" };
      const exposure = { type: "exposure", experiment_key: experiment, variant_key: variant, context };
      const purchase = { type: "metric", name: "purchase", value: 10 };
      return (index < buyers ? [exposure, purchase] : [exposure]).map((event) => ({
        ...event,
        event_id: `${user_id}-${event.type}`,
        timestamp,
        user_id,
      }));
    }).flat(),
  );
  for (let start = 0; start < events.length; start += 400) {
    const answer = await fetch(`${platform.url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${platform.serverKey}` },
      body: JSON.stringify({ batch_id: `${experiment}-${start}`, events: events.slice(start, start + 400) }),
    });
    expect(answer.status).toBe(202);
  }
};

const signedIn = async (options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> => {
  const context = await browser.newContext(options);
  const answer = await context.request.post(`${platform.url}/api/v1/session`, {
    data: { email: platform.email, password: platform.password },
    headers: { origin: platform.url },
  });
  expect(answer.status()).toBe(201);
  return context;
};

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
  await platform.admin.post("/metrics", { key: "bought", name: "Bought", type: "conversion", event: "purchase" });
  await platform.admin.post("/metrics", { key: "revenue", name: "Revenue per user", type: "sum", event: "purchase" });
  await platform.admin.post("/metrics", {
    key: "load_time",
    name: "p75 page load",
    type: "quantile",
    quantile: 0.75,
    event: "load",
    direction: "decrease",
  });
  await platform.admin.post("/layers", { key: "checkout", name: "Checkout" });
  await platform.admin.post("/experiments", {
    name: "Button copy",
    hypothesis: "A button that says what happens next is pressed more often.",
    layer: "checkout",
    traffic: 0.5,
    variants: [
      { key: "control", name: "Control", weight: 50, config: { label: "Continue" } },
      { key: "treatment", name: "Short copy", weight: 50, config: { label: "Pay" } },
    ],
    targeting: { countries: ["US", "CA"] },
    primary_metric: "bought",
    secondary_metrics: ["revenue"],
    guardrail_metrics: ["load_time"],
    guardrail_limits: { load_time: 0.05 },
    dimensions: ["country"],
    environments: ["production", "development"],
  });
  await platform.admin.patch("/experiments/button_copy/status", { status: "running" });
  await platform.admin.post("/experiments", {
    name: "Draft of something",
    variants: [
      { key: "control", weight: 50 },
      { key: "treatment", weight: 50 },
    ],
  });
  await platform.admin.post("/flags", {
    key: "new_checkout",
    type: "boolean",
    default_value: false,
    environments: {
      production: {
        rules: [
          { conditions: [{ attribute: "plan", operator: "eq", value: "pro" }], value: true },
          { rollout: 0.07, schedule: [{ at: "2099-01-10T09:00:00Z", rollout: 0.5 }], value: true },
          { experiment: "button_copy" },
        ],
      },
    },
  });
  await platform.admin.post("/flags", { key: LONG_KEY, type: "object", default_value: { a: 1 } });
  await play("button_copy");
  await eventually(
    () => platform.admin.get<Results>("/results/button_copy"),
    ({ variants }) => variants.reduce((sum, { exposures }) => sum + exposures, 0) === 810,
  );
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

/** Opens a page and waits until nothing on it is loading any more. */
const open = async (page: Page, path: string): Promise<void> => {
  await page.goto(`${platform.url}${path}`);
  await page.waitForSelector("h1");
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
  await page.waitForLoadState("networkidle");
};

const violationsOf = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
};

const widthPastTheEdge = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const PAGES = [
  "/sign-in",
  "/experiments",
  "/experiments/new",
  "/experiments/button_copy/results",
  "/experiments/button_copy/dimensions",
  "/experiments/button_copy/health",
  "/experiments/button_copy/live",
  "/experiments/button_copy/setup",
  "/experiments/draft_of_something/results",
  "/experiments/draft_of_something/dimensions",
  "/experiments/draft_of_something/live",
  "/experiments/draft_of_something/edit",
  "/experiments/there_is_none",
  "/flags",
  "/flags/new_checkout",
  `/flags/${LONG_KEY}`,
  "/flags/there_is_none",
  "/metrics",
  "/layers",
  "/events",
  "/events?environment=there-is-none",
  "/api-keys",
  "/no/such/page",
] as const;

describe.each([
  { colorScheme: "light", width: 1280 },
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "dark", width: 320 },
] as const)("in the $colorScheme theme at $width px, every page", ({ colorScheme, width }) => {
  it("is accessible to axe, fits its width, and breaks no rule of its own content policy", async () => {
    const context = await signedIn({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
    const found: Record<string, string[]> = {};
    for (const path of PAGES) {
      await open(page, path);
      const violations = await violationsOf(page);
      const past = await widthPastTheEdge(page);
      found[path] = past > 0 ? [...violations, `${past} px too wide`] : violations;
    }
    await context.close();
    expect(found).toEqual(Object.fromEntries(PAGES.map((path) => [path, []])));
    expect(complaints).toEqual([]);
  });
});

/** How far what stood on the page has been pushed about while it loaded; 0 is not at all. */
const watchShifts = async (page: Page): Promise<() => Promise<number>> => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!hadRecentInput) shifts.push(value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () =>
    page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0));
};

/** Answers of the results API with everything in them, which would take weeks to come about. */
const showFullResults = (page: Page): Promise<unknown> =>
  page.route("**/api/v1/results/button_copy?*", (route) =>
    route.fulfill({ json: { ...fullResults(), as_of: new Date().toISOString() } }),
  );

describe.each([
  { colorScheme: "light", width: 1280 },
  { colorScheme: "light", width: 320 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "dark", width: 320 },
] as const)("in the $colorScheme theme at $width px, results with everything in them", ({ colorScheme, width }) => {
  it("are accessible to axe, fit their width, and push nothing about", async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const context = await signedIn({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const shifted = await watchShifts(page);
    await showFullResults(page);
    for (const tab of ["results", "dimensions", "health"]) {
      await open(page, `/experiments/button_copy/${tab}`);
      expect(await violationsOf(page)).toEqual([]);
      expect(await widthPastTheEdge(page)).toBe(0);
      expect(await shifted()).toBeLessThan(0.001);
      await page.screenshot({ path: join(SCREENSHOTS, `${tab}-${colorScheme}-${width}.png`), fullPage: true });
    }
    await context.close();
  });
});

describe("results", () => {
  it("say the rule and the next step, how far it is, and what can be trusted", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/button_copy/results");
    const results = await platform.admin.get<Results>("/results/button_copy");
    const verdict = page.getByRole("region", { name: results.verdict.title });
    expect(await verdict.innerText()).toContain(results.verdict.next_step);
    expect(await verdict.innerText()).toContain(results.verdict.rule);
    const checks = await verdict.getByRole("listitem").allInnerTexts();
    expect(checks.join("; ")).toMatch(
      /Split matches 50\/50 \(p = [01]\.\d{3}\).*Crossovers 0\.0\s%.*Data flowing.*Full weeks 0/s,
    );
    expect(await page.getByRole("region", { name: "Progress" }).innerText()).toContain("day 1 of 14");

    await verdict.getByRole("link", { name: /Split matches/ }).click();
    await page.getByRole("heading", { name: "Pre-period" }).waitFor();
    const observed = await page
      .getByRole("row", { name: /^Short copy/ })
      .getByRole("cell")
      .allInnerTexts();
    expect(observed.map((text) => text.replace("\u00A0", " ")).slice(0, 3)).toEqual([
      "50.0 %",
      String(Math.round(results.variants.reduce((sum, { exposures }) => sum + exposures, 0) / 2)),
      "410",
    ]);
    await context.close();
  });

  it("are looked at by another method without a word of the verdict changing", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/button_copy/results");
    const { metrics } = await platform.admin.get<Results>("/results/button_copy");
    const fixed = metrics.find(({ role }) => role === "primary")?.comparisons[0]?.views.fixed_horizon;
    const row = page.getByRole("row", { name: /Bought.*Short copy/ });
    const change = () => row.getByRole("cell").nth(2).innerText();
    const reading = () => row.getByRole("cell").last().innerText();
    const verdict = () => page.locator("[data-verdict]").innerText();
    const [before, planned, saying] = [await change(), await reading(), await verdict()];

    await page.getByRole("button", { name: "Fixed horizon" }).click();
    await page.getByText("Exploratory view").waitFor();
    const low = ((fixed?.lift_ci_low ?? 0) * 100).toFixed(1);
    expect(await change()).toContain(`+${low}`);
    expect(await change()).not.toBe(before);
    expect(await reading()).toBe(planned);
    expect((await verdict()).split("\n")[0]).toBe(saying.split("\n")[0]);

    await page.getByRole("button", { name: "Bayesian" }).click();
    expect(await change()).toMatch(/chance to win 9\d\s%/);
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Reset" }).click();
    expect(await change()).toBe(before);
    expect(await page.getByText("Exploratory view").count()).toBe(0);
    await context.close();
  });

  it("are split by a dimension when it is asked for, below everybody", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/button_copy/dimensions");
    const { segments } = await platform.admin.get<Results>("/results/button_copy?dimension=country");
    const [largest] = segments.find(({ metric_key }) => metric_key === "bought")?.values ?? [];
    expect(largest?.value).toBe("US");
    await page.getByRole("heading", { name: "Bought by country" }).waitFor();
    const groups = await page.getByRole("rowheader", { name: /^(All|US|CA)$/ }).allInnerTexts();
    expect(groups).toEqual(["All", "US", "CA"]);
    const us = await page.getByRole("row", { name: /^US/ }).getByRole("cell").allInnerTexts();
    expect(us[0]).toBe(String(largest?.units));
    expect(us[3]).toContain(`+${((largest?.comparisons[0]?.lift ?? 0) * 100).toFixed(1)}`);
    await page.getByText(/the change with “Short copy” differs/i).waitFor();
    await page.getByLabel("Metric").selectOption("Revenue per user");
    await page.getByRole("heading", { name: "Revenue per user by country" }).waitFor();
    await context.close();
  });

  it("show a guardrail's limit, times in their unit, the corrected p-value and what CUPED took away", async () => {
    const context = await signedIn({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await showFullResults(page);
    await open(page, "/experiments/button_copy/results");
    const scorecard = page.getByRole("region", { name: "Scorecard, table" });
    const primary = await scorecard.getByRole("row", { name: /Checkout completed.*Short copy/ }).innerText();
    expect(primary).toContain("p = 0.008 corrected");
    expect(primary).toContain("CUPED: variance −21 to 23\u00A0%");
    const time = scorecard.getByRole("row", { name: /Time until purchase/ });
    expect((await time.getByRole("cell").allInnerTexts()).slice(0, 2)).toEqual(["70.2\u00A0min", "67.0\u00A0min"]);
    const refunds = scorecard.getByRole("row", { name: /Refund rate/ });
    expect(await refunds.innerText()).toContain("limit +10\u00A0%");
    expect(await refunds.locator("line[stroke-dasharray]").count()).toBe(1);
    expect(await page.getByText("Crossed limit").count()).toBe(1);
    await page.getByText("The effect wears off").first().waitFor();
    await page.getByRole("button", { name: "Without CUPED" }).click();
    await page.getByText("always-valid 95\u00A0% interval without CUPED").waitFor();

    await open(page, "/experiments/button_copy/dimensions");
    await page.getByText("Simpson’s paradox").waitFor();
    await page.getByText("Too few users in some variant to be shown apart.").waitFor();
    await context.close();
  });
});

describe("somebody who is not signed in", () => {
  it("is asked to, told when the password is wrong, and brought back to where they wanted to go", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${platform.url}/experiments/button_copy/setup`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("Email").fill(platform.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("wrong");
    expect(await page.getByLabel("Email").inputValue()).toBe(platform.email);

    await page.getByLabel("Password").fill(platform.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Button copy" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/experiments/button_copy/setup");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(`${platform.url}/experiments`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
  });
});

describe("an experiment made in the dashboard", () => {
  it("goes from the form over its mistakes and its start to its results", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments");
    await page.getByRole("link", { name: "New experiment" }).click();
    await page.getByRole("heading", { name: "New experiment" }).waitFor();

    await page.getByLabel("Name").first().fill("Free shipping!");
    expect(await page.getByLabel("Key").first().inputValue()).toBe("free_shipping");
    await page.getByLabel("Weight, %").last().fill("40");
    await page.getByLabel("Payload, JSON").last().fill("{banner: true}");
    await page.getByRole("button", { name: "Create experiment" }).click();
    const summary = page.getByRole("alert");
    await summary.getByRole("link", { name: "This is not JSON" }).click();
    expect(await page.getByLabel("Payload, JSON").last().inputValue()).toBe("{banner: true}");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("field-variants-1-config");

    await page.getByLabel("Payload, JSON").last().fill('{"banner": true}');
    await summary.getByText("Weights must sum to 100; these sum to 90.").waitFor();
    await page.getByRole("button", { name: "Split evenly" }).click();
    await summary.waitFor({ state: "detached" });

    await page.reload();
    expect(await page.getByLabel("Name").first().inputValue()).toBe("Free shipping!");
    await page.getByLabel("Counted by").selectOption("user_id");
    await page.getByRole("button", { name: "Create experiment" }).click();
    await page.getByRole("heading", { name: "Free shipping!" }).waitFor();

    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Primary metric").selectOption("bought");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("heading", { name: "Free shipping!" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/experiments/free_shipping/setup");
    expect(await page.title()).toBe("Free shipping!: setup · Edgeworth");

    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
    await page.getByText("Running · day 1 of 14").waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    await page.getByRole("link", { name: "Results" }).click();
    await page.getByRole("heading", { name: "Waiting for first users" }).waitFor();

    await play("free_shipping");
    // The page looks for new numbers by itself.
    await page.getByText("810 users", { exact: true }).waitFor({ timeout: 40_000 });
    const row = page.getByRole("row", { name: /Bought.*Treatment/ });
    const cells = await row.getByRole("cell").allTextContents();
    expect(cells.slice(0, 2)).toEqual(["10.00\u00A0%", "21.95\u00A0%"]);
    expect(cells[2]).toMatch(/^\+119\.5\s%\+\d+\.\d\s% to \+\d+\.\d\s%p [<=] 0\.0\d+/);
    // An always-valid interval may be read on the first day.
    expect(cells.at(-1)).toContain("Better");
    await context.close();
  });

  it("is read as its form says, each mistake beside its field", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/new");
    await page.getByLabel("Name").first().fill("Read in looks");
    await page.getByLabel("Primary metric").selectOption("bought");
    await page.getByLabel("Guardrails").selectOption("load_time");
    await page.getByLabel("Limit of p75 page load").fill("0");
    await page.getByLabel("Split by").fill("country, country");
    await page.getByRole("radio", { name: /Planned looks/ }).check();
    await page.getByLabel("Looks", { exact: true }).fill("40");
    await page.getByRole("button", { name: "Create experiment" }).click();
    const summary = page.getByRole("alert");
    await summary.getByRole("link", { name: "Looks: Use a whole number of looks" }).click();
    const mistakeOf = async (label: string): Promise<string> => {
      const control = page.getByLabel(label, { exact: label === "Looks" });
      const ids = (await control.getAttribute("aria-describedby")) ?? "";
      const texts = ids.split(" ").map((id) => page.locator(`#${id}`).innerText());
      return (await Promise.all(texts)).join(" ");
    };
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("field-analysis-looks");
    expect(await mistakeOf("Looks")).toContain("from 1 to 30");
    expect(await mistakeOf("Limit of p75 page load")).toContain("Use a percentage above 0");
    // Only the server knows this one.
    expect(await mistakeOf("Split by")).toContain("Name every attribute once.");
    expect(await violationsOf(page)).toEqual([]);

    await page.getByLabel("Looks", { exact: true }).fill("4");
    await page.getByLabel("Limit of p75 page load").fill("7");
    await page.getByLabel("Split by").fill("country");
    await summary.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Create experiment" }).click();
    await page.getByRole("heading", { name: "Read in looks" }).waitFor();
    const facts = await page.locator("dl").allInnerTexts();
    expect(facts.join("\n")).toMatch(/Guardrails\s+load_time \(may worsen by 7\s%\)/);
    expect(facts.join("\n")).toMatch(/Method\s+Planned looks[^]*Looks\s+4, evenly[^]*CUPED\s+on/);
    expect(await platform.admin.get<Experiment>("/experiments/read_in_looks")).toMatchObject({
      analysis: { method: "group_sequential", looks: 4 },
      guardrail_limits: { load_time: 0.07 },
      dimensions: ["country"],
    });
    await context.close();
  });

  it("says why it cannot start without a primary metric", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/draft_of_something/results");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
    const alert = page.getByRole("dialog").getByRole("alert");
    expect(await alert.textContent()).toMatch(/metric that decides/);
    expect(await alert.textContent()).toMatch(/Request id/);
    await page.getByRole("dialog").getByRole("link", { name: "Edit the draft" }).click();
    await page.getByRole("heading", { name: "Edit draft_of_something" }).waitFor();
    await context.close();
  });
});

const send = async (batch_id: string, events: readonly object[]): Promise<void> => {
  const answer = await fetch(`${platform.url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${platform.serverKey}` },
    body: JSON.stringify({ batch_id, events }),
  });
  expect(answer.status).toBe(202);
};

const anExposure = (user_id: string) => ({
  event_id: `live-${user_id}`,
  type: "exposure",
  timestamp: Date.now(),
  user_id,
  experiment_key: "button_copy",
  variant_key: "control",
});

describe("what comes in", () => {
  it("is counted on the experiment's page while somebody looks", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/button_copy/results");
    await page.getByRole("link", { name: "Live" }).click();
    const row = page.getByRole("row", { name: /^Control/ });
    await row.waitFor();
    const users = async () => Number((await row.getByRole("cell").first().innerText()).split("\n")[0]);
    const before = await users();
    await send("live", ["a", "b", "c"].map(anExposure));
    await page.getByText("+3 in the last minute").waitFor();
    expect(await users()).toBe(before + 3);
    await page.getByText("All accounted for").waitFor();
    expect(await page.title()).toBe("Button copy: live · Edgeworth");
    await context.close();
  });

  it("is shown event by event, with the reason where it was rejected, until it is paused", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/layers");
    await page.getByRole("link", { name: "Events" }).click();
    await page.getByText("/s accepted").waitFor();
    const purchase = { type: "metric", timestamp: Date.now(), user_id: "tail-1", name: "tail_purchase" };
    await send("tail-1", [
      { ...purchase, event_id: "tail-good", value: 3 },
      { ...purchase, event_id: "tail-bad", value: "3" },
    ]);
    const list = page.getByRole("list", { name: "Events, newest first" });
    const rejected = list.getByRole("listitem").filter({ hasText: "value: Use a number." }).first();
    await rejected.getByText("tail_purchase").first().click();
    await rejected.getByText("tail-bad", { exact: true }).waitFor();
    expect(await rejected.locator("pre").innerText()).toContain('"value": "3"');
    expect(await violationsOf(page)).toEqual([]);

    await page.getByRole("button", { name: "Pause" }).click();
    await send("tail-2", [{ ...purchase, event_id: "tail-late" }]);
    await page.getByText("Paused · 1 new").waitFor();
    await page.getByLabel("Search what is shown").fill("tail-");
    expect(await list.getByRole("listitem").count()).toBe(2);
    await page.getByRole("button", { name: "Go on" }).click();
    await list.getByRole("listitem").nth(2).waitFor();
    await page.getByLabel("Outcome").selectOption("rejected");
    expect(await list.getByRole("listitem").count()).toBe(1);
    await page.getByLabel("Search what is shown").fill("nothing has this");
    await page.getByText("Nothing matches").waitFor();
    await context.close();
  });

  it("is not listened to any more when nobody was there for ten minutes", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await page.clock.install();
    await open(page, "/events");
    await page.getByText("/s accepted").waitFor();
    await page.clock.fastForward("09:30");
    await page.keyboard.press("Shift");
    await page.clock.fastForward("09:30");
    expect(await page.getByText("/s accepted").count()).toBe(1);
    await page.clock.fastForward("00:31");
    await page.getByRole("alert").getByText("nobody was here for ten minutes").waitFor();
    await page.getByRole("button", { name: "Listen again" }).click();
    await page.getByText("/s accepted").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await context.close();
  });

  it("comes back after the connection was lost", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    const cuts: (() => unknown)[] = [];
    await page.routeWebSocket(/events\/tail$/, (client) => {
      const server = client.connectToServer();
      cuts.push(() => Promise.all([client.close(), server.close()]));
    });
    await open(page, "/events");
    await page.getByText("/s accepted").waitFor();
    for (const cut of cuts) cut();
    await page.getByText("Connection lost, trying again…").waitFor();
    await page.getByText("/s accepted").waitFor();
    await send("tail-3", [
      { event_id: "tail-again", type: "metric", timestamp: Date.now(), user_id: "tail-3", name: "came_back" },
    ]);
    await page.getByText("came_back").first().waitFor();
    await context.close();
  });
});

const inProduction = async (flag: string): Promise<FlagEnvironment | undefined> => {
  const { environments } = await platform.admin.get<Flag>(`/flags/${flag}`);
  return environments["production"];
};

describe("a flag", () => {
  it("is switched on after a question and off at once, and keeps the keyboard's focus", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    const production = page.getByRole("switch", { name: "new_checkout in production" });
    const hasFocus = () => production.evaluate((element) => element === document.activeElement);
    await open(page, "/flags");
    await production.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect((await inProduction("new_checkout"))?.enabled).toBe(false);

    await production.press("Enter");
    await page.route("**/environments/production", (route) => route.fulfill({ status: 503, body: "" }));
    await dialog.getByRole("button", { name: "Switch on" }).press("Enter");
    await dialog.getByRole("alert").getByText("status 503").waitFor();
    await page.unroute("**/environments/production");
    await dialog.getByRole("button", { name: "Switch on" }).press("Enter");
    await page.getByRole("switch", { name: "new_checkout in production", checked: true }).waitFor();
    await dialog.waitFor({ state: "hidden" });
    expect((await inProduction("new_checkout"))?.enabled).toBe(true);
    expect(await hasFocus()).toBe(true);

    await production.press("Enter");
    await page.getByRole("switch", { name: "new_checkout in production", checked: false }).waitFor();
    expect((await inProduction("new_checkout"))?.enabled).toBe(false);
    expect(await hasFocus()).toBe(true);
    expect(await dialog.count()).toBe(0);
    await context.close();
  });

  it("has its rules changed in a form that loses nothing on a mistake", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await platform.admin.post("/flags", { key: "page_size", type: "integer", default_value: 10 });
    await open(page, "/flags/page_size");
    await page.getByRole("button", { name: "Edit rules in Production" }).click();
    const dialog = page.getByRole("dialog");
    const rules = dialog.getByLabel("Rules as JSON");
    const summary = dialog.getByRole("alert");
    const broken = '[{"value": 20,}]';
    await rules.fill(broken);
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await summary.getByRole("link", { name: "This is not valid JSON" }).click();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await dialog.getByRole("button", { name: "Add" }).click();
    expect(await rules.inputValue()).toBe(broken);
    expect(await violationsOf(page)).toEqual([]);

    await rules.fill('[{"value": 20, "rollout": 0.5}, {"value": 30, "rollout": 2}]');
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await summary.getByRole("link", { name: "Rule 2, rollout" }).waitFor();

    await rules.fill("[]");
    await dialog.getByLabel("gets the value").fill("50");
    await dialog.getByLabel("Share of everyone, %").fill("150");
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.getByText("Use a share from 0 to 100.").waitFor();
    expect(await rules.inputValue()).toBe("[]");
    await dialog.getByLabel("Share of everyone, %").fill("33.3");
    await dialog.getByLabel("Share of everyone, %").press("Enter");
    expect(JSON.parse(await rules.inputValue())).toEqual([{ value: 50, rollout: 0.333 }]);
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await page.getByText(/33\.30\s% get 50/).waitFor();
    await context.close();
  });

  it("is not overwritten by a form that was opened before somebody else changed it", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await platform.admin.post("/flags", { key: "contested", type: "string", default_value: "mine" });
    await open(page, "/flags/contested");
    await page.getByRole("button", { name: "Edit rules in Production" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Rules as JSON").fill('[{"value": "mine"}]');
    await platform.admin.patch("/flags/contested", { environments: { production: { rules: [{ value: "theirs" }] } } });
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await dialog.getByText("Somebody changed this flag meanwhile.").waitFor();
    await page.getByText('all get "theirs"').waitFor({ state: "attached" });
    // By now the page behind has the new revision, which this form has never shown.
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await dialog.getByText("Somebody changed this flag meanwhile.").waitFor();
    expect((await inProduction("contested"))?.rules.map(({ value }) => value)).toEqual(["theirs"]);
    await context.close();
  });
});

describe("a session that ends while a form is filled in", () => {
  it("leaves the form as it is, and lets it be sent after signing in again", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await open(page, "/experiments/new");
    await page.getByLabel("Name").first().fill("Kept words");
    await context.clearCookies();
    await page.getByRole("button", { name: "Create experiment" }).click();
    await page.getByText("Your session has ended. Sign in again in another tab, then try again.").waitFor();
    expect(await page.getByLabel("Name").first().inputValue()).toBe("Kept words");

    const again = await context.request.post(`${platform.url}/api/v1/session`, {
      data: { email: platform.email, password: platform.password },
      headers: { origin: platform.url },
    });
    expect(again.status()).toBe(201);
    await page.getByRole("button", { name: "Create experiment" }).click();
    await page.getByRole("heading", { name: "Kept words" }).waitFor();
    await context.close();
  });
});

describe("a panel whose data cannot be had", () => {
  it("says so with the request's id, and is whole again after a retry", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    let broken = true;
    await page.route("**/api/v1/metrics?*", (route) =>
      broken
        ? route.fulfill({
            status: 403,
            contentType: "application/problem+json",
            body: JSON.stringify({
              status: 403,
              code: "forbidden",
              title: "Forbidden",
              detail: "Your role may not read this.",
              errors: [],
              request_id: "req-17",
            }),
          })
        : route.continue(),
    );
    await open(page, "/metrics");
    const alert = page.getByRole("alert");
    expect(await alert.textContent()).toMatch(/could not be loaded.*Your role may not read this\..*req-17/);
    broken = false;
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("rowheader", { name: /Revenue per user/ }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await context.close();
  });
});

describe("a page whose code cannot be had", () => {
  it("says so, leaves the others working, and comes back when it is loaded anew", async () => {
    const context = await signedIn();
    const page = await context.newPage();
    await page.route("**/assets/MetricList-*.js", (route) => route.abort());
    await open(page, "/layers");
    await page.getByRole("link", { name: "Metrics" }).click();
    const broken = page.getByRole("heading", { name: "This page broke" });
    await broken.waitFor();
    await page.getByRole("link", { name: "Experiments", exact: true }).click();
    await page.getByRole("heading", { name: "Experiments" }).waitFor();

    await page.getByRole("link", { name: "Metrics" }).click();
    await broken.waitFor();
    await page.unroute("**/assets/MetricList-*.js");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Metrics" }).waitFor();
    await context.close();
  });
});

describe("the theme", () => {
  it("is kept for the next visit once it is chosen", async () => {
    const context = await signedIn({ colorScheme: "light" });
    const page = await context.newPage();
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await open(page, "/metrics");
    expect(await background()).toBe("rgb(247, 247, 248)");
    await page.getByLabel("Theme").selectOption("dark");
    expect(await background()).toBe("rgb(15, 17, 21)");
    await open(page, "/layers");
    expect(await background()).toBe("rgb(15, 17, 21)");
    await context.close();
  });
});
