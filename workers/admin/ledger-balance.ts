import type { LedgerCounts } from "../../contract/ledger.ts";

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/** The ledger of all shards together, and how many received events are not accounted for or not archived: 0 at rest. */
export const balance = (
  ledgers: readonly LedgerCounts[],
): LedgerCounts & { difference: number; archive_difference: number } => {
  const total = (name: Exclude<keyof LedgerCounts, "rejected">): number => sum(ledgers.map((ledger) => ledger[name]));
  const rejected: LedgerCounts["rejected"] = {};
  for (const ledger of ledgers)
    for (const [code, count] of Object.entries(ledger.rejected) as [keyof typeof rejected, number][])
      rejected[code] = (rejected[code] ?? 0) + count;
  const counts = {
    received: total("received"),
    archived: total("archived"),
    applied: total("applied"),
    duplicate: total("duplicate"),
    late: total("late"),
    bot: total("bot"),
    dead_lettered: total("dead_lettered"),
  };
  const { received, archived, ...fates } = counts;
  return {
    ...counts,
    rejected,
    difference: received - sum(Object.values(fates)) - sum(Object.values(rejected)),
    archive_difference: received - archived,
  };
};
