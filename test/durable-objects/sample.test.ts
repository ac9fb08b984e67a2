import { describe, expect, it } from "vitest";
import { createSample } from "../../durable-objects/sample.ts";
import { seededRandom } from "../random.ts";

/** The numbers from 0 on, offered in parts of random sizes. */
const sampleOf = (size: number, count: number, random: () => number): number[] => {
  const sample = createSample<number>(size, random);
  for (let offered = 0; offered < count;) {
    const part = Math.min(count - offered, Math.floor(random() * 12));
    const start = offered;
    sample.offer(part, (index) => start + index);
    offered += part;
  }
  return sample.items();
};

describe("a sample", () => {
  it.each([0, 1, 7, 10])("of at most 10 is all of %i items", (count) => {
    expect(sampleOf(10, count, seededRandom(count))).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it("has as many items as it may, each once, in their order", () => {
    const random = seededRandom(1);
    for (const count of [11, 50, 1_000]) {
      const items = sampleOf(10, count, random);
      expect(items).toHaveLength(10);
      expect(items).toEqual([...new Set(items)].toSorted((a, b) => a - b));
    }
  });

  it("takes every item of the stream equally often", () => {
    const random = seededRandom(2);
    const rounds = 20_000;
    const taken = Array.from({ length: 40 }, () => 0);
    for (let round = 0; round < rounds; round++)
      for (const item of sampleOf(5, taken.length, random)) taken[item] = (taken[item] ?? 0) + 1;
    const expected = (rounds * 5) / taken.length;
    const chiSquared = taken.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // qchisq(0.999, 39) = 72.05; fixed samples vary a little less than independent draws.
    expect(chiSquared).toBeLessThan(72.05);
  });

  it("asks for few items of a long stream", () => {
    let asked = 0;
    const sample = createSample<number>(50, seededRandom(3));
    for (let batch = 0; batch < 10_000; batch++)
      sample.offer(100, (index) => {
        asked += 1;
        return index;
      });
    // 50 · (1 + ln(1,000,000 / 50)) = 545 are expected.
    expect(asked).toBeGreaterThan(400);
    expect(asked).toBeLessThan(700);
  });

  it("stands random numbers of 0", () => {
    expect(createSample<number>(1, () => 0).items()).toEqual([]);
    const sample = createSample<number>(2, () => 0);
    sample.offer(1_000, (index) => index);
    expect(sample.items()).toHaveLength(2);
  });
});
