import { describe, expect, it } from "vitest";
import { isKnownBot } from "../../../workers/ingest/is-known-bot.ts";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

describe("a known bot", () => {
  it.each([
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    `${CHROME} Chrome-Lighthouse`,
  ])("is %s", (agent) => {
    expect(isKnownBot(agent)).toBe(true);
  });

  it.each([
    null,
    "",
    CHROME,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 10; CUBOT_X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    CHROME.replace("Chrome", "HeadlessChrome"),
    "curl/8.5.0",
    "node",
    "undici",
    "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
    "python-requests/2.31.0",
    "Python/3.11 aiohttp/3.9.1",
    "axios/1.6.7",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "PostmanRuntime/7.36.1",
    "k6/0.49.0 (https://k6.io/)",
    "Deno/2.0.0",
    "Bun/1.1.0",
    "MyShop/3.2",
    "MyShop/3.2.1 (iOS)",
  ])("is not %s", (agent) => {
    expect(isKnownBot(agent)).toBe(false);
    // The verdict is remembered.
    expect(isKnownBot(agent)).toBe(false);
  });
});
