import { describe, expect, it } from "vitest";
import { hashOfText, idOfText } from "../../counting/text-hash.ts";
import { seededRandom } from "../random.ts";

describe("idOfText", () => {
  it("is what it was: stored states depend on it", () => {
    expect(["", "a", "e1", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "é\u{1f600}"].map(idOfText)).toEqual([
      6522957752485128, 7668655020687225, 3537939160443107, 316462218143294, 955338488130408,
    ]);
  });

  it("tells 200,000 short and long ids apart", () => {
    const random = seededRandom(20_261_136);
    const ids = Array.from({ length: 100_000 }, (_, index) => [`e${index}`, `${random()}-${random()}`]).flat();
    const hashes = ids.map(idOfText);
    expect(new Set(hashes).size).toBe(ids.length);
    expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
  });

  it("spreads evenly over both halves", () => {
    const counts = { low: Array.from({ length: 16 }, () => 0), high: Array.from({ length: 16 }, () => 0) };
    for (let index = 0; index < 16_000; index++) {
      const hash = idOfText(`user-${index}`);
      counts.low[hash % 16] = (counts.low[hash % 16] ?? 0) + 1;
      const top = Math.floor(hash / 2 ** 49);
      counts.high[top] = (counts.high[top] ?? 0) + 1;
    }
    // 1,000 each, give or take five standard deviations.
    for (const count of [...counts.low, ...counts.high]) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});

describe("hashOfText", () => {
  it("is an unsigned number of 32 bits", () => {
    expect(hashOfText("Berlin")).toBe(idOfText("Berlin") % 2 ** 32);
  });
});
