import type { Context } from "../../contract/decision.ts";

/** The language a browser asks for first, without its region: `de-AT,de;q=0.9` → `de`. */
const languageOf = (acceptLanguage: string | null): string | undefined =>
  acceptLanguage === null ? undefined : /^\s*([a-z]{2,3})(?![a-z])/i.exec(acceptLanguage)?.[1]?.toLowerCase();

const isOurs = (name: string): boolean => name === "edge" || name.startsWith("edge.");

/**
 * What the edge knows of the sender of a request: `edge.country` (ISO 3166-1), `edge.region` (ISO 3166-2 without the
 * country), `edge.city`, `edge.continent`, `edge.timezone`, `edge.colo`, `edge.asn` (a number) and `edge.language`.
 */
const edgeContext = (request: Request): Context => {
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
  return Object.fromEntries(
    Object.entries(edge).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
};

/**
 * The context with what the edge knows of a visitor who asks by himself, and `country` when he sent none. A browser cannot
 * say that it is elsewhere: what it sent under `edge` is dropped.
 */
export const withVisitorsEdge = (context: Context, request: Request): Context => {
  const edge = edgeContext(request);
  const sent = Object.entries(context).filter(([name]) => !isOurs(name));
  const country = edge["edge.country"];
  return Object.fromEntries([
    ...(country === undefined ? [] : [["country", country] as const]),
    ...sent,
    ...Object.entries(edge),
  ]);
};

/**
 * The context with what the edge knows of a server that asks on behalf of a visitor. What it sent stays, for it has seen
 * the visitor's request; `country` is the visitor's, so the country of a data centre is not taken for it.
 */
export const withServersEdge = (context: Context, request: Request): Context => ({
  ...edgeContext(request),
  ...context,
});
