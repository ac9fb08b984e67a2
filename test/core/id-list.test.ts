import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeIdList, encodeIdList, idListOf } from "../../core/id-list.ts";

const ids = fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), { maxLength: 40 });

describe("an id list", () => {
  it("has the ids that were put on it, and no others", () => {
    fc.assert(
      fc.property(ids, ids, (listed, others) => {
        const list = idListOf(encodeIdList(listed));
        expect(list.count).toBe(new Set(listed).size);
        expect(listed.filter((id) => !list.has(id))).toEqual([]);
        expect(others.filter((id) => list.has(id))).toEqual(others.filter((id) => listed.includes(id)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("is the same text whatever the order of the ids is, and however often they come", () => {
    fc.assert(
      fc.property(ids, (listed) => {
        expect(encodeIdList([...listed.toReversed(), ...listed])).toBe(encodeIdList(listed));
      }),
      { seed: 2 },
    );
  });

  it("is changed as a set is: what is removed goes, what is added comes, and stays if it was removed as well", () => {
    fc.assert(
      fc.property(ids, ids, ids, (listed, add, remove) => {
        const expected = [...listed.filter((id) => !remove.includes(id)), ...add];
        expect(changeIdList(encodeIdList(listed), { add, remove })).toBe(encodeIdList(expected));
      }),
      { seed: 3 },
    );
  });

  it("is base64, so that it is 8 bytes an id", () => {
    const list = encodeIdList(["a", "b", "c", "d"]);
    expect(Buffer.from(list, "base64")).toHaveLength(32);
    expect(Buffer.from(list, "base64").toString("base64")).toBe(list);
  });

  it("holds 100,000 ids in little more than a megabyte", () => {
    const listed = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);
    const text = encodeIdList(listed);
    const list = idListOf(text);
    expect(text.length).toBeLessThan(1_070_000);
    expect(list.count).toBe(100_000);
    expect(listed.every((id) => list.has(id))).toBe(true);
    expect(listed.some((id) => list.has(`${id}x`))).toBe(false);
  });

  it("has nobody when its text is not of ours", () => {
    expect(idListOf("").has("a")).toBe(false);
    expect(idListOf("¿qué?!").has("a")).toBe(false);
    expect(idListOf("AAAA").count).toBe(0);
  });
});
