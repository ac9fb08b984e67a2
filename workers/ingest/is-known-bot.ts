import { createIsbotFromList, isbotPatterns, list } from "isbot";

/** What apps of their own names say, which are nobody's bots. */
const APPS = ["Shop", "Shop/3", "Shop/3.2", "Shop/3.2 (iOS)", `Shop/3.2_${"x".repeat(50)}`];

/** Client libraries and tools, which people try things out with. */
const TOOLS =
  /^(?:$|curl|wget|httpie|node|undici|got|axios|bun|deno|python|aiohttp|go-http-client|okhttp|java\/|apache-httpclient|jersey|ruby|faraday|guzzle|php|dart|dotnet|restsharp|postman|insomnia|bruno|k6|artillery|apachebench|wrk|vegeta)/i;

/** Browsers that a program drives. */
const DRIVEN = /Headless|(?:Cypress|Playwright)\/\S*/g;

/** isbot's patterns without those that match whatever is no browser. */
const appPatterns = new Set(APPS.flatMap((app) => isbotPatterns(app)));
const isBotByName = createIsbotFromList(list.filter((pattern) => !appPatterns.has(pattern)));

/** Verdicts by user agent: there are few, and 200 patterns are many. */
const verdicts = new Map<string, boolean>();
const MAX_VERDICTS = 1_000;
/** Nobody's user agent is longer, and everybody's begins with what is looked for. */
const MAX_LENGTH = 1_024;

/**
 * Whether a user agent is that of a known bot, which sees pages and is no visitor. HTTP libraries are none, and neither are
 * browsers because a program drives them: people test with both.
 */
export const isKnownBot = (userAgent: string | null): boolean => {
  const agent = (userAgent ?? "").slice(0, MAX_LENGTH);
  let verdict = verdicts.get(agent);
  if (verdict !== undefined) return verdict;
  verdict = !TOOLS.test(agent) && isBotByName(agent.replaceAll(DRIVEN, ""));
  if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
  verdicts.set(agent, verdict);
  return verdict;
};
