import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { launchChromium } from "./chromium.ts";

let platform: Platform;
let browser: Browser;

beforeAll(async () => {
  [platform, browser] = await Promise.all([startPlatform(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

/** Does something on a page of a new visitor; answers with what was thrown meanwhile. */
const visit = async (act: (page: Page) => Promise<void>, options?: BrowserContextOptions): Promise<string[]> => {
  const context = await browser.newContext(options);
  const errors: string[] = [];
  context.on("weberror", (error) => errors.push(String(error.error())));
  await act(await context.newPage());
  await context.close();
  return errors;
};

const putMugInBasket = async (page: Page): Promise<void> => {
  await page.goto(`${platform.url}/shop/`);
  await page.click('[data-add="mug"]');
};

describe("the example shop by itself", () => {
  it("shows its defaults when the address of its key never answers", async () => {
    const errors = await visit(async (page) => {
      await page.route("**/shop/edgeworth.json", () => undefined);
      await putMugInBasket(page);
      await page.goto(`${platform.url}/shop/checkout`);
      await page.waitForSelector("[data-buy]:not([hidden])", { timeout: 10_000 });
      expect(await page.textContent("[data-buy]")).toBe("Place order");
    });
    expect(errors).toEqual([]);
  });

  it("throws nothing where it may store nothing", async () => {
    const errors = await visit(async (page) => {
      await page.addInitScript(`{
        const refuse = () => {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        };
        Object.defineProperty(globalThis, "localStorage", { get: refuse });
        Object.defineProperty(Document.prototype, "cookie", { get: refuse, set: refuse });
      }`);
      await putMugInBasket(page);
      expect(await page.textContent("[data-basket-size]")).toBe("1");
      await page.goto(`${platform.url}/shop/checkout`);
      await page.waitForSelector("text=Your basket is empty");
    });
    expect(errors).toEqual([]);
  });

  it.each(["/shop/", "/shop/landing", "/shop/product?id=mug"])(
    "shows its products on %s without JavaScript, and no button that would do nothing",
    async (path) => {
      await visit(
        async (page) => {
          await page.goto(platform.url + path);
          for (const name of ["Heron kettle", "Tide mug", "Pepper Lane grinder"])
            expect(await page.isVisible(`h2:has-text("${name}")`)).toBe(true);
          expect(await page.isVisible("button")).toBe(false);
          expect(await page.locator("h1").count()).toBe(1);
        },
        { javaScriptEnabled: false },
      );
    },
  );

  it.each([
    ["mug", "Tide mug"],
    ["spoon", "We do not make this."],
  ])("shows the product %s as %s", async (id, heading) => {
    await visit(async (page) => {
      await page.goto(`${platform.url}/shop/product?id=${id}`);
      expect(await page.locator("h1").allTextContents()).toEqual([heading]);
    });
  });

  it.each(["/shop/nope", "/shop/deep/nope"])("answers %s with a 404 page of its own", async (path) => {
    await visit(async (page) => {
      const answer = await page.goto(platform.url + path);
      expect(answer?.status()).toBe(404);
      expect(await page.textContent(".brand")).toBe("Slow Cup");
      await page.click("text=See everything");
      expect(page.url()).toBe(`${platform.url}/shop/`);
    });
  });

  it("moves the focus to its thanks when something was bought", async () => {
    await visit(async (page) => {
      await putMugInBasket(page);
      await page.goto(`${platform.url}/shop/checkout`);
      await page.click("[data-buy]");
      expect(await page.textContent(":focus")).toBe("Thank you.");
    });
  });
});
