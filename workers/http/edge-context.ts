import type { Context } from "../../contract/decision.ts";
import { softwareOf } from "./user-agent.ts";

/** The language a browser asks for first, without its region: `de-AT,de;q=0.9` → `de`. */
const languageOf = (acceptLanguage: string | null): string | undefined =>
  acceptLanguage === null ? undefined : /^\s*([a-z]{2,3})(?![a-z])/i.exec(acceptLanguage)?.[1]?.toLowerCase();

const isOurs = (name: string): boolean => name === "edge" || name.startsWith("edge.");

const withoutMissing = (attributes: Readonly<Record<string, string | number | boolean | undefined>>): Context =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );

const cfOf = (request: Request): IncomingRequestCfProperties | undefined =>
  request.cf as IncomingRequestCfProperties | undefined;

/**
 * Where a request comes from: `edge.country` (ISO 3166-1), `edge.region` (ISO 3166-2 without the country), `edge.city`,
 * `edge.continent`, `edge.timezone`, `edge.colo` and `edge.asn` (a number).
 */
const placeContext = (request: Request): Context => {
  const cf = cfOf(request);
  return withoutMissing({
    "edge.country": cf?.country,
    "edge.region": cf?.regionCode ?? cf?.region,
    "edge.city": cf?.city,
    "edge.continent": cf?.continent,
    "edge.timezone": cf?.timezone,
    "edge.colo": cf?.colo,
    "edge.asn": cf?.asn,
  });
};

/** Bot Management scores from 1, surely automated, to 99; below this a request is likely automated. 0 is no score. */
const LIKELY_HUMAN = 30;

const isBotByEdge = (request: Request): boolean | undefined => {
  const bot = (cfOf(request) as Partial<IncomingRequestCfPropertiesBotManagementEnterprise> | undefined)?.botManagement;
  if (bot?.verifiedBot === true) return true;
  return bot?.score ? bot.score < LIKELY_HUMAN : undefined;
};

/**
 * What a visitor's own request says of his browser: `edge.device`, `edge.browser`, `edge.os`, `edge.language` and
 * `edge.is_bot` (true when either Bot Management or the user agent says so).
 */
const softwareContext = (request: Request): Context => {
  const software = softwareOf(request.headers);
  const byEdge = isBotByEdge(request);
  return withoutMissing({
    "edge.device": software?.device,
    "edge.browser": software?.browser,
    "edge.os": software?.os,
    "edge.language": languageOf(request.headers.get("accept-language")),
    "edge.is_bot": byEdge === true ? true : (software?.isBot ?? byEdge),
  });
};

/**
 * The context with what the edge knows of a visitor who asks by himself, and `country` when he sent none. A browser cannot
 * say that it is elsewhere: what it sent under `edge` is dropped.
 */
export const withVisitorsEdge = (context: Context, request: Request): Context => {
  const edge = { ...placeContext(request), ...softwareContext(request) };
  const sent = Object.entries(context).filter(([name]) => !isOurs(name));
  const country = edge["edge.country"];
  return Object.fromEntries([
    ...(country === undefined ? [] : [["country", country] as const]),
    ...sent,
    ...Object.entries(edge),
  ]);
};

/** The context with `country` alone of what {@link withVisitorsEdge} adds, for rules that read no more of it. */
export const withVisitorsCountry = (context: Context, request: Request): Context => {
  if (Object.hasOwn(context, "country")) return context;
  const country = cfOf(request)?.country;
  return country === undefined ? context : { ...context, country };
};

/** What a context holds under `edge` as an object of its own; `undefined` for anything else. */
const nestedEdge = (context: Context): Context | undefined => {
  const edge = Object.hasOwn(context, "edge") ? context["edge"] : undefined;
  return edge !== null && typeof edge === "object" && !Array.isArray(edge) ? edge : undefined;
};

/**
 * The context with what the edge knows of a server that asks on behalf of a visitor. What it sent stays, as `edge.country` or
 * as `{"edge": {"country": …}}`, for it has seen the visitor's request; `country` is the visitor's, so the country of a data
 * centre is not taken for it. The browser is the visitor's too, and a server's client is none: it would always be a bot.
 */
export const withServersEdge = (context: Context, request: Request): Context => {
  const sent = nestedEdge(context);
  const known = Object.entries(placeContext(request));
  return {
    ...Object.fromEntries(sent ? known.filter(([name]) => !Object.hasOwn(sent, name.slice("edge.".length))) : known),
    ...context,
  };
};
