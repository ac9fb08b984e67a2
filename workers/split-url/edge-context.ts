import type { Context } from "../../contract/decision.ts";

/** What the edge knows of the visitor, under the names that targeting uses; `country` too, for the shorthand. */
export const edgeContext = (request: Request): Context => {
  const cf = request.cf as IncomingRequestCfProperties | undefined;
  const language = /^\s*([a-z]{2,3})(?![a-z])/i.exec(request.headers.get("accept-language") ?? "")?.[1];
  const known = {
    country: cf?.country,
    "edge.country": cf?.country,
    "edge.region": cf?.regionCode ?? cf?.region,
    "edge.city": cf?.city,
    "edge.continent": cf?.continent,
    "edge.timezone": cf?.timezone,
    "edge.colo": cf?.colo,
    "edge.asn": cf?.asn,
    "edge.language": language?.toLowerCase(),
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
};
