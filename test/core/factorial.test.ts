import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Factors } from "../../contract/factor.ts";
import { Key, Name } from "../../contract/key.ts";
import { basisPointsOf, cellsOf } from "../../core/factorial.ts";

const level = (key: string, weight?: number) => ({ key, ...(weight !== undefined && { weight }) });
const twoByTwo = [
  { key: "color", levels: [level("red"), { key: "blue", value: "#00f" }] },
  { key: "size", levels: [level("small"), { key: "big", value: { px: 20 } }] },
];

const anyKey = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,99}$/);
const anyLevels = fc
  .tuple(
    fc.uniqueArray(anyKey, { minLength: 2, maxLength: 4 }),
    fc.option(fc.double({ min: 0.01, max: 100, noNaN: true })),
  )
  .chain(([keys, weight]) =>
    fc.tuple(...keys.map((key) => fc.record({ key: fc.constant(key), weight: fc.constant(weight ?? undefined) }))),
  );
const anyFactors = fc.uniqueArray(fc.record({ key: anyKey, levels: anyLevels }), {
  minLength: 1,
  maxLength: 3,
  selector: ({ key }) => key,
});

describe("the cells of a factorial", () => {
  it("are all combinations, with the first levels as the control", () => {
    expect(cellsOf(twoByTwo)).toEqual([
      {
        key: "red-small",
        name: "red × small",
        weight_bp: 2500,
        is_control: true,
        config: { color: "red", size: "small" },
        levels: { color: "red", size: "small" },
      },
      {
        key: "red-big",
        name: "red × big",
        weight_bp: 2500,
        is_control: false,
        config: { color: "red", size: { px: 20 } },
        levels: { color: "red", size: "big" },
      },
      {
        key: "blue-small",
        name: "blue × small",
        weight_bp: 2500,
        is_control: false,
        config: { color: "#00f", size: "small" },
        levels: { color: "blue", size: "small" },
      },
      {
        key: "blue-big",
        name: "blue × big",
        weight_bp: 2500,
        is_control: false,
        config: { color: "#00f", size: { px: 20 } },
        levels: { color: "blue", size: "big" },
      },
    ]);
  });

  it("weigh the product of their levels' weights", () => {
    const cells = cellsOf([
      { key: "a", levels: [level("x", 1), level("y", 3)] },
      { key: "b", levels: [level("x", 60), level("y", 40)] },
    ]);
    expect(cells.map(({ weight_bp }) => weight_bp)).toEqual([1500, 1000, 4500, 3000]);
  });

  it("say null and false where a level's value is that", () => {
    const levels = [
      { key: "none", value: null },
      { key: "off", value: false },
    ];
    expect(cellsOf([{ key: "banner", levels }]).map(({ config }) => config)).toEqual([
      { banner: null },
      { banner: false },
    ]);
  });

  it("have keys of their own where joined ones are alike", () => {
    const factors = [
      { key: "one", levels: [level("a"), level("a-b")] },
      { key: "two", levels: [level("b-c"), level("c")] },
    ];
    expect(cellsOf(factors).map(({ key }) => key)).toEqual(["a-b-c", "a-c", "a-b-b-c", "a-b-c-2"]);
  });

  it("have keys and names that are unique, valid and short, whatever the levels are called", () => {
    fc.assert(
      fc.property(anyFactors, (factors) => {
        expect(Factors.safeParse(factors).error).toBeUndefined();
        const cells = cellsOf(factors);
        expect(new Set(cells.map(({ key }) => key)).size).toBe(cells.length);
        for (const { key, name } of cells) {
          expect(Key.safeParse(key).error).toBeUndefined();
          expect(Name.safeParse(name).data).toBe(name);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("basis points", () => {
  it.each([
    [
      [1, 1, 1],
      [3334, 3333, 3333],
    ],
    [
      [1, 2, 4],
      [1429, 2857, 5714],
    ],
    [
      Array.from({ length: 64 }, () => 1),
      [...Array.from({ length: 16 }, () => 157), ...Array.from({ length: 48 }, () => 156)],
    ],
    [
      [0.1, 0.2, 0.7],
      [1000, 2000, 7000],
    ],
    [
      [100, 0.001],
      [10_000, 0],
    ],
  ])("of %j go to the largest remainders", (weights, expected) => {
    expect(basisPointsOf(weights)).toEqual(expected);
  });

  it("sum to exactly 10,000 and are each less than one from the exact share", () => {
    const anyWeights = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(anyWeights, (weights) => {
        const points = basisPointsOf(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        expect(points.reduce((sum, point) => sum + point, 0)).toBe(10_000);
        for (const [index, weight] of weights.entries())
          expect(Math.abs((points[index] ?? 0) - (weight / total) * 10_000)).toBeLessThan(1);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
