import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type * as WebProvider from "@openfeature/ofrep-web-provider";
import type * as WebSdk from "@openfeature/web-sdk";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedApiKey } from "../../contract/api-key.ts";
import { eventually, type Platform, startPlatform } from "../platform.ts";
import {
  claimsOf,
  codeDefaultScenarios,
  evaluationScenarios,
  hookScenarios,
  metadataScenarios,
  type Question,
  type Scenario,
} from "../workers/ofrep/scenarios.ts";
import { createTestFlags } from "../workers/ofrep/test-flags.ts";
import { launchChromium } from "./chromium.ts";

declare global {
  interface Window {
    /** What the page's script brings. */
    openfeature: typeof WebSdk & typeof WebProvider;
  }
}

let platform: Platform;
let browser: Browser;
/** A customer's site, on an origin of its own. */
let site: Server;
let siteUrl: string;
/** A client key whose bulk answers carry everything that the protocol has. */
let key: string;

const script = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents:
        'import * as sdk from "@openfeature/web-sdk"; import * as provider from "@openfeature/ofrep-web-provider"; globalThis.openfeature = { ...sdk, ...provider };',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: "browser",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
};

beforeAll(async () => {
  const [made, launched, bundle] = await Promise.all([startPlatform(), launchChromium(), script()]);
  platform = made;
  browser = launched;
  await createTestFlags(platform.admin);
  await platform.admin.post("/flags", {
    key: "live-flag",
    type: "string",
    default_value: "before",
    environments: { production: { enabled: true } },
  });
  const created = await platform.admin.post<CreatedApiKey>("/api-keys", {
    name: "Test web",
    type: "client",
    environment: "production",
    ofrep_extras: true,
  });
  key = created.key;
  await eventually(
    () => fetch(`${platform.url}/ofrep/v1/evaluate/flags/live-flag`, { method: "POST", headers: { "x-api-key": key } }),
    ({ status }) => status === 200,
  );
  site = createServer((request, response) => {
    const isScript = request.url === "/script.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? bundle : '<!doctype html><script src="/script.js"></script>');
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  siteUrl = `http://localhost:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
  await new Promise((resolve) => (site ? site.close(resolve) : resolve(undefined)));
});

/** A page of the visitor with the provider in it, ready. */
const visit = async (
  visitor: BrowserContext,
  options: Pick<WebProvider.OFREPWebProviderOptions, "changeDetection" | "cacheMode"> = {},
  clientKey = key,
): Promise<Page> => {
  const page = await visitor.newPage();
  await page.goto(siteUrl);
  await page.evaluate(
    async ([baseUrl, clientKey, options]) => {
      const { OpenFeature, OFREPWebProvider } = window.openfeature;
      const headers: [string, string][] = [["Authorization", `Bearer ${clientKey}`]];
      await OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl, headers, ...options }));
    },
    [platform.url, clientKey, options] as const,
  );
  return page;
};

/** A page of somebody who was never here before. */
const visitAnew: (options?: Parameters<typeof visit>[1]) => Promise<Page> = async (options) =>
  visit(await browser.newContext(), options);

/** A scenario as the page gets it: nested JSON types are more than the compiler can follow through `evaluate`. */
interface Asked {
  readonly type: Question["type"];
  readonly key: string;
  readonly fallback: unknown;
  readonly context: Record<string, string | number | boolean | null>;
}

interface Answer {
  readonly details: WebSdk.EvaluationDetails<WebSdk.FlagValue>;
  /** The stages of the hook that ran, and the details that it got. */
  readonly ran: string[];
  readonly seen: WebSdk.EvaluationDetails<WebSdk.FlagValue>[];
}

/** Asks all of them in one page, changing the context as the rows say, with a hook that writes down what it gets. */
const askAll = (page: Page, scenarios: readonly (Question & Partial<Scenario>)[]): Promise<Answer[]> =>
  page.evaluate(
    async (questions): Promise<Answer[]> => {
      const { OpenFeature } = window.openfeature;
      const client = OpenFeature.getClient();
      const answers: Answer[] = [];
      let current = "{}";
      for (const { type, key, fallback, context } of questions) {
        if (JSON.stringify(context) !== current) await OpenFeature.setContext(context);
        current = JSON.stringify(context);
        const ran: string[] = [];
        const seen: Answer["seen"] = [];
        const hook: WebSdk.Hook = {
          before: () => void ran.push("before"),
          after: (_, details) => void (ran.push("after"), seen.push(details)),
          error: () => void ran.push("error"),
          finally: (_, details) => void (ran.push("finally"), seen.push(details)),
        };
        const options = { hooks: [hook] };
        const ask = {
          Boolean: () => client.getBooleanDetails(key, fallback as boolean, options),
          String: () => client.getStringDetails(key, fallback as string, options),
          Integer: () => client.getNumberDetails(key, fallback as number, options),
          Float: () => client.getNumberDetails(key, fallback as number, options),
          Object: () => client.getObjectDetails(key, fallback as WebSdk.JsonObject, options),
        };
        answers.push({ details: ask[type](), ran, seen });
      }
      return answers;
    },
    scenarios.map(({ type, key, fallback, context = {} }): Asked => ({
      type,
      key,
      fallback,
      context: context as Asked["context"],
    })),
  );

describe("@openfeature/ofrep-web-provider in a browser", () => {
  it("evaluates as specified, whatever context comes after which", async () => {
    const scenarios = [...evaluationScenarios, ...codeDefaultScenarios];
    const answers = await askAll(await visitAnew({ cacheMode: "network-first" }), scenarios);
    expect(answers).toHaveLength(scenarios.length);
    for (const [index, { title, expected }] of scenarios.entries()) {
      const details = answers[index]?.details;
      // It has the flags that there are, so its own words say that one is missing.
      const { errorMessage: _, ...claims } = expected;
      expect(details?.value, title).toEqual(expected.value);
      expect(details, title).toMatchObject(claimsOf(claims));
    }
  });

  it("has the metadata as specified", async () => {
    const answers = await askAll(await visitAnew(), metadataScenarios);
    expect(answers.map(({ details }) => details.flagMetadata)).toEqual(
      metadataScenarios.map(({ expected }) => expected.flagMetadata),
    );
  });

  it("calls hooks as specified", async () => {
    const answers = await askAll(await visitAnew(), hookScenarios);
    expect(answers.map(({ ran }) => ran)).toEqual(hookScenarios.map(({ ran }) => ran));
    for (const [index, { expected }] of hookScenarios.entries()) {
      const seen = answers[index]?.seen ?? [];
      expect(seen.length).toBeGreaterThan(0);
      for (const { flagKey, value, variant, reason, errorCode } of seen)
        expect({ flagKey, value, variant, reason, errorCode }).toEqual(expected);
    }
  });

  it("is told by 304 that nothing changed, and can read the tag that says so", async () => {
    const page = await visitAnew({ changeDetection: "none", cacheMode: "disabled" });
    const [response] = await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith("/flags") && answer.request().method() === "POST"),
      // The provider asks again when the page is looked at.
      page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))),
    ]);
    expect(response.status()).toBe(304);
    expect(
      await page.evaluate(() => window.openfeature.OpenFeature.getClient().getBooleanValue("boolean-flag", false)),
    ).toBe(true);
  });

  it("has what it kept from the last visit, and says so, until it hears of a change", async () => {
    const visitor = await browser.newContext();
    await visit(visitor, {}, platform.clientKey);
    const answers = await askAll(await visit(visitor, {}, platform.clientKey), [
      { type: "Boolean", key: "boolean-flag", fallback: false },
      { type: "String", key: "string-flag", fallback: "bye" },
    ]);
    expect(answers.map(({ details: { value, reason } }) => [value, reason])).toEqual([
      [true, "CACHED"],
      ["hi", "CACHED"],
    ]);
  });

  it("hears of a change by the event stream that it is told of", async () => {
    const page = await visitAnew({ cacheMode: "disabled" });
    const question = { type: "String", key: "live-flag", fallback: "none" } as const;
    expect((await askAll(page, [question]))[0]?.details.value).toBe("before");
    await platform.admin.patch("/flags/live-flag", { default_value: "after" });
    await page.waitForFunction(
      () => window.openfeature.OpenFeature.getClient().getStringValue("live-flag", "none") !== "before",
    );
    expect((await askAll(page, [question]))[0]?.details.value).toBe("after");
  });

  it("gives up for good with a key that is not one", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(siteUrl);
    const status = await page.evaluate(async (baseUrl) => {
      const { OpenFeature, OFREPWebProvider } = window.openfeature;
      const provider = new OFREPWebProvider({ baseUrl, headers: [["X-API-Key", "hunter2"]] });
      await OpenFeature.setProviderAndWait(provider).catch(() => undefined);
      return OpenFeature.getClient().providerStatus;
    }, platform.url);
    expect(status).toBe("FATAL");
  });
});
