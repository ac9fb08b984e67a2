import type { RulesetKey } from "../../contract/ruleset.ts";
import { sha256Hex } from "../http/credentials.ts";

const MAX_REMEMBERED = 1_000;

/** Finds the SDK key that a text is, among those of a ruleset by their hash. */
export type KeyCheck = (text: string, keys: ReadonlyMap<string, RulesetKey>) => Promise<RulesetKey | undefined>;

/**
 * A check that remembers the hashes of the keys that were right, since hashing is most of its cost. Only the hash is
 * remembered, never the verdict: a revoked key is refused as soon as the ruleset says so.
 */
export const createKeyCheck = (): KeyCheck => {
  const hashOf = new Map<string, string>();
  return async (text, keys) => {
    const remembered = hashOf.get(text);
    if (remembered !== undefined) return keys.get(remembered);
    const hash = await sha256Hex(text);
    const key = keys.get(hash);
    if (key) {
      if (hashOf.size >= MAX_REMEMBERED) hashOf.clear();
      hashOf.set(text, hash);
    }
    return key;
  };
};
