export type Device = "mobile" | "tablet" | "desktop" | "tv" | "bot" | "other";
export type Browser = "chrome" | "safari" | "firefox" | "edge" | "opera" | "samsung" | "other";
export type OperatingSystem = "ios" | "android" | "windows" | "macos" | "linux" | "chromeos" | "other";

/** What a client says of itself. */
export interface Software {
  readonly device: Device;
  readonly browser: Browser;
  readonly os: OperatingSystem;
  readonly isBot: boolean;
}

/** Nobody's user agent is longer, and everybody's begins with what is looked for. */
const MAX_LENGTH = 1_024;

// "Cubot" is a make of telephones.
const BOT =
  /(?<!cu)bots?\b|bot[/-]|crawl|spider|slurp|scrap|fetch\b|facebookexternalhit|facebookcatalog|meta-external|whatsapp\/|preview|headless|phantom|puppeteer|playwright|selenium|lighthouse|pagespeed|pingdom|uptime|monitor|google-|googleother|mediapartners|apis-google|feed|embedly|archive\.org|^(?:curl|wget|python|go-http|java\/|axios|node|undici|ruby|perl|php|libwww|okhttp-bot|postman|insomnia|httpie|apache-httpclient)/i;

const TV =
  /smart-?tv|googletv|google tv|android tv|apple ?tv|hbbtv|web0s|netcast|bravia|\bAFT[A-Z]|crkey|roku|playstation|xbox|nintendo|large screen/i;
const TABLET = /ipad|tablet(?! pc)|playbook|kindle|silk(?!.*mobile)|\bKF[A-Z]{2,5}\b/i;
const MOBILE = /mobi|iphone|ipod|windows phone|opera mini|blackberry|kaios/i;

/** The first that matches counts. Chrome and Safari come last, since nearly everybody claims to be one or both. */
const BROWSERS: readonly (readonly [RegExp, Browser])[] = [
  [/\bedg(?:e|a|ios)?\//i, "edge"],
  [/\bopr\/|opera|\bopios\/|\bopt\/|\bopx\//i, "opera"],
  [/samsungbrowser/i, "samsung"],
  [
    /yabrowser|vivaldi|ucbrowser|duckduckgo|\bddg\/|silk\/|miuibrowser|qqbrowser|whale|\bgsa\/|seamonkey|palemoon/i,
    "other",
  ],
  [/firefox\/|fxios|focus\//i, "firefox"],
  [/chrome\/|crios|chromium/i, "chrome"],
  [/android/i, "other"],
  [/version\/.*safari/i, "safari"],
];

/** The first that matches counts: televisions and old telephones name systems that they only resemble. */
const SYSTEMS: readonly (readonly [RegExp, OperatingSystem])[] = [
  [/tizen|web0s|windows phone|kaios|blackberry|playstation|nintendo|roku/i, "other"],
  [/iphone|ipad|ipod|apple ?tv/i, "ios"],
  [/android|\bsilk\//i, "android"],
  [/\bcros\b/i, "chromeos"],
  [/windows/i, "windows"],
  [/macintosh|mac os x/i, "macos"],
  [/linux|x11/i, "linux"],
];

/** Brands of `sec-ch-ua` that say more than the user agent. */
const BRANDS: readonly (readonly [string, Browser])[] = [
  ["Microsoft Edge", "edge"],
  ["Opera", "opera"],
  ["Samsung Internet", "samsung"],
  ["Google Chrome", "chrome"],
];

const PLATFORMS: ReadonlyMap<string, OperatingSystem> = new Map([
  ["android", "android"],
  ["chrome os", "chromeos"],
  ["chromium os", "chromeos"],
  ["ios", "ios"],
  ["linux", "linux"],
  ["macos", "macos"],
  ["windows", "windows"],
]);

const firstOf = <Name>(table: readonly (readonly [RegExp, Name])[], text: string): Name | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

const deviceOf = (agent: string, os: OperatingSystem, isMobileHint: string | null, isBot: boolean): Device => {
  if (TV.test(agent)) return "tv";
  if (TABLET.test(agent)) return "tablet";
  if (isMobileHint === "?1" || MOBILE.test(agent)) return "mobile";
  // Android says "Mobile" on telephones only.
  if (os === "android") return "tablet";
  if (os !== "other") return "desktop";
  return isBot ? "bot" : "other";
};

/**
 * What the client hints and the user agent say; `undefined` without either. A bot that poses as a telephone has the device of
 * one: it should see what a telephone sees. An iPad that asks for the desktop's pages cannot be told from a Mac.
 */
export const softwareOf = (headers: Headers): Software | undefined => {
  const agent = headers.get("user-agent")?.slice(0, MAX_LENGTH) ?? "";
  const brands = headers.get("sec-ch-ua")?.slice(0, MAX_LENGTH) ?? "";
  const platform = headers.get("sec-ch-ua-platform")?.replaceAll('"', "").trim().toLowerCase();
  if (agent === "" && brands === "" && platform === undefined) return undefined;
  const isBot = BOT.test(agent) || brands.includes("HeadlessChrome");
  const os = PLATFORMS.get(platform ?? "") ?? firstOf(SYSTEMS, agent) ?? "other";
  return {
    device: deviceOf(agent, os, headers.get("sec-ch-ua-mobile"), isBot),
    browser: BRANDS.find(([brand]) => brands.includes(`"${brand}`))?.[1] ?? firstOf(BROWSERS, agent) ?? "other",
    os,
    isBot,
  };
};
