import type { Context } from "../../contract/decision.ts";

/** The language a browser asks for first, without its region: `de-AT,de;q=0.9` → `de`. */
const languageOf = (acceptLanguage: string | null): string | undefined =>
  acceptLanguage === null ? undefined : /^\s*([a-z]{2,3})(?![a-z])/i.exec(acceptLanguage)?.[1]?.toLowerCase();

const isOurs = (name: string): boolean => name === "edge" || name.startsWith("edge.");

/**
 * The context with what the edge knows of the request: `edge.country` (ISO 3166-1), `edge.region` (ISO 3166-2 without the
 * country), `edge.city`, `edge.continent`, `edge.timezone`, `edge.colo`, `edge.asn` (a number) and `edge.language`, and
 * `country` when the caller sent none.
 *
 * A browser cannot say that it is elsewhere: what it sent under `edge` is dropped. A server asks on behalf of a visitor
 * whose request it has seen (`isServer`), so what it sent stays.
 */
export const withEdgeContext = (context: Context, request: Request, isServer: boolean): Context => {
  const cf = request.cf as IncomingRequestCfProperties | undefined;
  const edge: Record<string, string | number | undefined> = {
    "edge.country": cf?.country,
    "edge.region": cf?.regionCode ?? cf?.region,
    "edge.city": cf?.city,
    "edge.continent": cf?.continent,
    "edge.timezone": cf?.timezone,
    "edge.colo": cf?.colo,
    "edge.asn": cf?.asn,
    "edge.language": languageOf(request.headers.get("accept-language")),
  };
  const sent = Object.entries(context).filter(([name]) => isServer || !isOurs(name));
  const known = Object.entries(edge).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const country = cf?.country;
  return Object.fromEntries([
    ...(country === undefined ? [] : [["country", country] as const]),
    ...(isServer ? [...known, ...sent] : [...sent, ...known]),
  ]);
};
