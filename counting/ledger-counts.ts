import type { EventRejection } from "../contract/event.ts";
import type { LedgerCounts } from "../contract/ledger.ts";
import type { Fate } from "./open-unit.ts";

export const emptyLedger = (): LedgerCounts => ({
  received: 0,
  archived: 0,
  applied: 0,
  duplicate: 0,
  late: 0,
  bot: 0,
  dead_lettered: 0,
  rejected: {},
});

const isRejection = (fate: Fate): fate is EventRejection =>
  fate !== "applied" && fate !== "duplicate" && fate !== "late";

/** Adds one event's fate. `received` and `archived` are left alone: they are counted by the message. */
export const addFate = (counts: LedgerCounts, fate: Fate): void => {
  if (isRejection(fate)) counts.rejected[fate] = (counts.rejected[fate] ?? 0) + 1;
  else counts[fate] += 1;
};

/** The sum of two, or with a factor of −1 their difference. */
export const addLedgers = (a: LedgerCounts, b: LedgerCounts, factor: 1 | -1 = 1): LedgerCounts => {
  const rejected = { ...a.rejected };
  for (const [code, count] of Object.entries(b.rejected) as [EventRejection, number][])
    rejected[code] = (rejected[code] ?? 0) + factor * count;
  return {
    received: a.received + factor * b.received,
    archived: a.archived + factor * b.archived,
    applied: a.applied + factor * b.applied,
    duplicate: a.duplicate + factor * b.duplicate,
    late: a.late + factor * b.late,
    bot: a.bot + factor * b.bot,
    dead_lettered: a.dead_lettered + factor * b.dead_lettered,
    rejected,
  };
};
