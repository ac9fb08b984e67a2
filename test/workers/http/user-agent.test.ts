import { describe, expect, it } from "vitest";
import { softwareOf } from "../../../workers/http/user-agent.ts";

const webKit = "AppleWebKit/537.36 (KHTML, like Gecko)";
const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const safari = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit}`;

/** User agents as they were seen, by what they are. */
const people: readonly (readonly [string, string])[] = [
  [`${windows} Chrome/131.0.0.0 Safari/537.36`, "desktop chrome windows"],
  [`${windows} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, "desktop edge windows"],
  [`${windows} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0`, "desktop opera windows"],
  [`${windows} Chrome/130.0.0.0 YaBrowser/24.12.0.0 Safari/537.36`, "desktop other windows"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "desktop firefox windows"],
  ["Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0)", "desktop other windows"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${safari}`, "desktop safari macos"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Chrome/131.0.0.0 Safari/537.36`, "desktop chrome macos"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 14.7; rv:133.0) Gecko/20100101 Firefox/133.0", "desktop firefox macos"],
  ["Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "desktop firefox linux"],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/131.0.0.0 Safari/537.36`, "desktop chrome linux"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/131.0.0.0 Safari/537.36`, "desktop chrome chromeos"],
  [`${iPhone} Version/18.1 Mobile/15E148 Safari/604.1`, "mobile safari ios"],
  [`${iPhone} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`, "mobile chrome ios"],
  [`${iPhone} FxiOS/133.0 Mobile/15E148 Safari/605.1.15`, "mobile firefox ios"],
  [`${iPhone} Version/18.0 EdgiOS/131.0.2903.68 Mobile/15E148 Safari/605.1.15`, "mobile edge ios"],
  [`${iPhone} Mobile/15E148 [FBAN/FBIOS;FBAV/489.0.0.0.0]`, "mobile other ios"],
  [
    "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
    "tablet safari ios",
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/131.0.0.0 Mobile Safari/537.36`, "mobile chrome android"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${webKit} Chrome/131.0.0.0 Safari/537.36`, "tablet chrome android"],
  [
    `Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) ${webKit} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    "mobile samsung android",
  ],
  ["Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", "mobile firefox android"],
  ["Mozilla/5.0 (Android 14; Tablet; rv:133.0) Gecko/133.0 Firefox/133.0", "tablet firefox android"],
  [
    `Mozilla/5.0 (Linux; Android 9; CUBOT X19) ${webKit} Chrome/131.0.0.0 Mobile Safari/537.36`,
    "mobile chrome android",
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) ${webKit} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36`,
    "mobile chrome android",
  ],
  ["Opera/9.80 (Android; Opera Mini/36.2/119.132; U; en) Presto/2.12.423 Version/12.16", "mobile opera android"],
  [
    `Mozilla/5.0 (Linux; Android 9; KFTRWI) ${webKit} Silk/108.4.6 like Chrome/108.0.5359.220 Safari/537.36`,
    "tablet other android",
  ],
  ["Mozilla/5.0 (Mobile; Nokia 2720 Flip; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "mobile firefox other"],
  [
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36",
    "tv chrome other",
  ],
  [
    "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36",
    "tv other other",
  ],
  [
    `Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7646; wv) ${webKit} Version/4.0 Chrome/108.0.0.0 Mobile Safari/537.36`,
    "tv chrome android",
  ],
  [
    "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
    "tv safari other",
  ],
  ["okhttp/4.12.0", "other other other"],
];

const bots: readonly (readonly [string, string])[] = [
  ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot other other"],
  [
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${webKit} Chrome/131.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    "mobile chrome android",
  ],
  ["Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bot other other"],
  ["Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "bot other other"],
  ["Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "bot other other"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) ${safari} (Applebot/0.1)`, "desktop safari macos"],
  [`Mozilla/5.0 ${webKit}; compatible; GPTBot/1.2; +https://openai.com/gptbot)`, "bot other other"],
  ["facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "bot other other"],
  ["WhatsApp/2.23.20.0", "bot other other"],
  ["Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "bot other other"],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/131.0.0.0 Safari/537.36`, "desktop chrome linux"],
  ["curl/8.5.0", "bot other other"],
  ["Wget/1.21.4", "bot other other"],
  ["python-requests/2.32.3", "bot other other"],
  ["Go-http-client/2.0", "bot other other"],
  ["node", "bot other other"],
  ["Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)", "bot other other"],
];

const inWords = (headers: Record<string, string>): string | undefined => {
  const software = softwareOf(new Headers(headers));
  return software && `${software.device} ${software.browser} ${software.os}${software.isBot ? ", a bot" : ""}`;
};

describe("softwareOf", () => {
  it.each(people)("takes %s for %s", (agent, expected) => {
    expect(inWords({ "user-agent": agent })).toBe(expected);
  });

  it.each(bots)("takes %s for a bot, %s", (agent, expected) => {
    expect(inWords({ "user-agent": agent })).toBe(`${expected}, a bot`);
  });

  const chrome = `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/131.0.0.0 Safari/537.36`;

  it.each([
    [`"Microsoft Edge";v="131", "Chromium";v="131", "Not_A Brand";v="24"`, "?0", `"Windows"`, "desktop edge windows"],
    [`"Google Chrome";v="131", "Chromium";v="131"`, "?1", `"Android"`, "mobile chrome android"],
    [`"Google Chrome";v="131", "Chromium";v="131"`, "?0", `"Android"`, "tablet chrome android"],
    [`"Opera GX";v="115", "Chromium";v="130"`, "?0", `"macOS"`, "desktop opera macos"],
    [`"Samsung Internet";v="27", "Chromium";v="125"`, "?1", `"Android"`, "mobile samsung android"],
    [`"Chromium";v="131", "Google Chrome";v="131"`, "?0", `"Chrome OS"`, "desktop chrome chromeos"],
    [`"HeadlessChrome";v="131", "Chromium";v="131"`, "?0", `"Linux"`, "desktop chrome linux, a bot"],
    [`"Brave";v="131", "Chromium";v="131"`, "?0", `"Unknown"`, "desktop chrome linux"],
  ])("believes the client hints %s %s %s", (brands, mobile, platform, expected) => {
    const hints = { "sec-ch-ua": brands, "sec-ch-ua-mobile": mobile, "sec-ch-ua-platform": platform };
    expect(inWords({ "user-agent": chrome, ...hints })).toBe(expected);
  });

  it("knows nothing of a request that says nothing", () => {
    expect(softwareOf(new Headers())).toBeUndefined();
  });

  it("reads no more than the beginning of a long user agent", () => {
    expect(inWords({ "user-agent": `${"x".repeat(5_000)} Googlebot` })).toBe("other other other");
  });
});
