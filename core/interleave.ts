import type { InterleavedItem } from "../contract/decision.ts";
import { BUCKETS, bucketOf } from "./bucket.ts";

/** A variant and its list, best item first. */
export interface Ranking {
  readonly variant_key: string;
  readonly items: readonly string[];
}

/**
 * Two rankings merged by team draft (Radlinski, Kurup and Joachims, "How does clickthrough data reflect retrieval quality?",
 * 2008): each round a fair coin says who picks first, then each picks the best item that is not taken yet, until both have
 * nothing left. Every item comes once. The coin of round n, from 0, is the unit's bucket under `<salt>/<n>`, so a unit sees
 * the same list each time.
 */
export const teamDraft = (unit: string, salt: string, one: Ranking, other: Ranking): InterleavedItem[] => {
  const merged: InterleavedItem[] = [];
  const taken = new Set<string>();
  const drafterOf = ({ variant_key, items }: Ranking): (() => boolean) => {
    let next = 0;
    return () => {
      for (; next < items.length; next++) {
        const item = items[next];
        if (item === undefined || taken.has(item)) continue;
        taken.add(item);
        merged.push({ item, variant_key });
        return true;
      }
      return false;
    };
  };
  const pickOne = drafterOf(one);
  const pickOther = drafterOf(other);
  for (let round = 0, hasMore = true; hasMore; round++) {
    const [first, second] =
      bucketOf(unit, `${salt}/${round}`) < BUCKETS / 2 ? [pickOne, pickOther] : [pickOther, pickOne];
    const hasFirst = first();
    hasMore = second() || hasFirst;
  }
  return merged;
};
