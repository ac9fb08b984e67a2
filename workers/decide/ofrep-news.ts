import type { RulesetPointer } from "../../contract/ruleset.ts";

/**
 * Whether a client has been told of a ruleset that is newer than this one. It says so in the query with what the event said
 * (see `stream-events.ts`): the quoted hash as `flagConfigEtag`, and the s since 1970 as `flagConfigLastModified`. Its event
 * may have come from an isolate that learned of it first.
 */
export const hasHeardOfNewer = (query: string, { hash, published_at }: RulesetPointer): boolean => {
  if (!query.includes("flagConfigEtag=")) return false;
  const pairs = new URLSearchParams(query);
  const publishedAt = Number(pairs.get("flagConfigLastModified") ?? Number.NaN);
  const isOlder = publishedAt < Math.floor(published_at / 1000);
  return pairs.get("flagConfigEtag") !== `"${hash}"` && !isOlder;
};
