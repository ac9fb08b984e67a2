import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf } from "../../core/bucket.ts";
import { teamDraft } from "../../core/interleave.ts";

const one = (...items: string[]) => ({ variant_key: "one", items });
const other = (...items: string[]) => ({ variant_key: "other", items });

/** A unit with these coins under the salt `s`: true lets `one` pick first. */
const unitWithCoins = (...coins: boolean[]): string => {
  for (let unit = 0; unit < 10_000; unit++)
    if (coins.every((coin, round) => bucketOf(`u${unit}`, `s/${round}`) < 5_000 === coin)) return `u${unit}`;
  throw new Error("There is none.");
};

const itemsOf = (unit: string, ...rankings: [readonly string[], readonly string[]]): string[] =>
  teamDraft(unit, "s", one(...rankings[0]), other(...rankings[1])).map(({ item }) => item);

describe("teamDraft", () => {
  it("lets each variant pick its best item that is not taken, the coin's winner first", () => {
    const unit = unitWithCoins(true, false, true);
    expect(teamDraft(unit, "s", one("a", "b", "c", "d"), other("b", "a", "e", "f"))).toEqual([
      { item: "a", variant_key: "one" },
      { item: "b", variant_key: "other" },
      { item: "e", variant_key: "other" },
      { item: "c", variant_key: "one" },
      { item: "d", variant_key: "one" },
      { item: "f", variant_key: "other" },
    ]);
  });

  it("goes on with the longer list when the other has no more items", () => {
    expect(itemsOf(unitWithCoins(true), ["a"], ["b", "c", "d"])).toEqual(["a", "b", "c", "d"]);
    expect(itemsOf(unitWithCoins(false), [], ["b", "c"])).toEqual(["b", "c"]);
    expect(itemsOf("u", [], [])).toEqual([]);
  });

  it("gives every item of both lists once, each to a variant that ranked it, in that variant's order", () => {
    const items = fc.array(fc.constantFrom<string[]>("a", "b", "c", "d", "e", "f", "g", "h"), { maxLength: 12 });
    fc.assert(
      fc.property(fc.string(), items, items, (unit, first, second) => {
        const merged = teamDraft(unit, "s", one(...first), other(...second));
        expect(merged.map(({ item }) => item).toSorted()).toEqual([...new Set([...first, ...second])].toSorted());
        for (const [key, ranked] of [
          ["one", first],
          ["other", second],
        ] as const) {
          const places = merged
            .filter(({ variant_key }) => variant_key === key)
            .map(({ item }) => ranked.indexOf(item));
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          expect(places).not.toContain(-1);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("gives both variants as many of the first places, and of the items", () => {
    // 4,000 fair coins: the share of one side is within 0.5 ± 4 · sqrt(0.25 / 4000) but for one seed in 16,000.
    const items = Array.from({ length: 10 }, (_, index) => `item-${index}`);
    const lists = Array.from({ length: 4_000 }, (_, unit) =>
      teamDraft(`user-${unit}`, "s", one(...items), other(...items.toReversed())),
    );
    const first = lists.filter((list) => list[0]?.variant_key === "one").length / lists.length;
    expect(Math.abs(first - 0.5)).toBeLessThan(0.032);
    for (const list of lists) expect(list.filter(({ variant_key }) => variant_key === "one")).toHaveLength(5);
  });

  it("shows a unit the same list each time", () => {
    const ranked = Array.from({ length: 20 }, (_, index) => `${index}`);
    expect(itemsOf("u1", ranked, ranked.toReversed())).toEqual(itemsOf("u1", ranked, ranked.toReversed()));
    expect(itemsOf("u1", ranked, ranked.toReversed())).not.toEqual(itemsOf("u2", ranked, ranked.toReversed()));
  });
});
