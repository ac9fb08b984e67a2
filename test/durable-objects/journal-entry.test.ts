import { describe, expect, it } from "vitest";
import { emptyLedger } from "../../counting/ledger-counts.ts";
import type { SumsChange } from "../../counting/sums.ts";
import { changeOf, entriesOf } from "../../durable-objects/journal-entry.ts";
import { aChange } from "../../durable-objects/shard-change.ts";

const aSum = (index: number): SumsChange => ({
  key: {
    experiment_id: "exp",
    phase: 1,
    variant_id: "var",
    metric_id: "met",
    kind: "dimension",
    name: "country",
    slice: `${index} ${"x".repeat(90)}`,
  },
  n: 1,
  sums: { y: index + 1 },
});

const many = <Item>(length: number, item: (index: number) => Item): Item[] =>
  Array.from({ length }, (_, index) => item(index));

describe("a journal's entry", () => {
  it("is one for an ordinary change, and gives it back", () => {
    const change = aChange({
      ledger: { ...emptyLedger(), received: 3, rejected: { invalid_event: 1 } },
      sums: [aSum(1)],
      terms: ["user_id", "\ud800 half a character"],
      missed: [{ taking: "01:02", received_at: 5, accounted: 2 }],
      arrived: ["03:04"],
      deleted: [{ hash: "05", deleted_at: 6, noted_at: 7 }],
      units: -1,
    });
    const entries = entriesOf(change);
    expect(entries.map(changeOf)).toEqual([change]);
    expect(entriesOf(aChange()).map(changeOf)).toEqual([aChange()]);
  });

  it("is several for a change that no row could hold, which add up to it in order", () => {
    const change = aChange({
      ledger: { ...emptyLedger(), received: 7 },
      sums: many(40_000, aSum),
      terms: many(9_000, (index) => `${index} ${"語".repeat(100)}`),
      missed: many(20_000, (index) => ({ taking: `${index}:00`, received_at: index, accounted: 1 })),
      units: 40_000,
    });
    const entries = entriesOf(change);
    expect(entries.length).toBeGreaterThan(3);
    for (const { facts, sums } of entries)
      expect(new TextEncoder().encode(facts).byteLength + (sums?.byteLength ?? 0)).toBeLessThan(2_000_000);
    const changes = entries.map(changeOf);
    expect(changes.flatMap(({ terms }) => terms)).toEqual(change.terms);
    expect(changes.flatMap(({ missed }) => missed)).toEqual(change.missed);
    expect(changes.flatMap(({ sums }) => sums)).toEqual(change.sums);
    expect(changes.map(({ units }) => units).reduce((sum, units) => sum + units)).toBe(40_000);
    expect(changes.map(({ ledger }) => ledger.received).reduce((sum, received) => sum + received)).toBe(7);
  });
});
