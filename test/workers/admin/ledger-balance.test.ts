import { describe, expect, it } from "vitest";
import type { LedgerCounts } from "../../../contract/ledger.ts";
import { balance } from "../../../workers/admin/ledger-balance.ts";

const counts = (change: Partial<LedgerCounts> = {}): LedgerCounts => ({
  received: 0,
  archived: 0,
  applied: 0,
  duplicate: 0,
  late: 0,
  bot: 0,
  dead_lettered: 0,
  rejected: {},
  ...change,
});

describe("the ledger's balance", () => {
  it("adds up shards, rejections by reason", () => {
    expect(
      balance([
        counts({
          received: 10,
          archived: 10,
          applied: 6,
          duplicate: 1,
          rejected: { invalid_event: 2, unknown_variant: 1 },
        }),
        counts({
          received: 7,
          archived: 7,
          applied: 2,
          late: 1,
          bot: 1,
          dead_lettered: 1,
          rejected: { invalid_event: 2 },
        }),
      ]),
    ).toEqual({
      received: 17,
      archived: 17,
      applied: 8,
      duplicate: 1,
      late: 1,
      bot: 1,
      dead_lettered: 1,
      rejected: { invalid_event: 4, unknown_variant: 1 },
      difference: 0,
      archive_difference: 0,
    });
  });

  it("differs by the events that nobody accounts for", () => {
    expect(balance([counts({ received: 5, applied: 3 }), counts()]).difference).toBe(2);
    expect(balance([counts({ applied: 3 })]).difference).toBe(-3);
  });

  it("differs from the archive by the events whose message is not in it", () => {
    expect(balance([counts({ received: 5, archived: 3 }), counts({ received: 1 })]).archive_difference).toBe(3);
  });

  it("of no shards is all zero", () => {
    expect(balance([]).difference).toBe(0);
  });
});
