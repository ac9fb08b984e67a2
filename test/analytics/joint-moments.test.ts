import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JointSums, pairedMomentsOf, ratioMomentsOf, type Whole } from "../../analytics/joint-moments.ts";
import { jointSumsOf, type UnitValues } from "./joint-sums.ts";

const UNITS = [
  { y: 1, d: 2, x: 0.5, e: 1 },
  { y: 4, d: 3, x: 2.5, e: 1 },
  { y: 2, d: 7, x: 1.25, e: 4 },
];

const pairedOf = (units: readonly UnitValues[]) => pairedMomentsOf(jointSumsOf(units));
const ratioOf = (units: readonly UnitValues[]) => ratioMomentsOf(jointSumsOf(units));

/** As cells have them. */
const inTexts = ({ n, sums }: JointSums): JointSums<Whole> => ({
  n,
  sums: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, String(sum)])),
});

const near = (value: number, expected: number): void => {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
};

describe("means and covariances from exact sums", () => {
  it("are those of the units", () => {
    // Python: [statistics.covariance(a, b) for a, b in combinations_with_replacement([y, x], 2)]
    const expected = {
      n: 3,
      sum: 7,
      y: 7 / 3,
      x: 4.25 / 3,
      yy: 2.3333333333333335,
      yx: 1.5416666666666667,
      xx: 1.0208333333333333,
    };
    for (const [name, value] of Object.entries(expected))
      expect(pairedOf(UNITS)[name as keyof typeof expected], name).toBeCloseTo(value, 14);
  });

  it("lose nothing beside means a billion times as large", () => {
    const shifted = pairedOf(UNITS.map(({ y, x }) => ({ y: y + 1e9, x: x - 1e9 })));
    const { yy, yx, xx } = pairedOf(UNITS);
    near(shifted.yy, yy);
    near(shifted.yx, yx);
    near(shifted.xx, xx);
  });

  it("are 0 where there are too few units for them", () => {
    expect(pairedOf([])).toMatchObject({ n: 0, sum: 0, y: 0, x: 0, yy: 0, yx: 0, xx: 0 });
    expect(pairedOf(UNITS.slice(0, 1))).toMatchObject({ n: 1, y: 1, x: 0.5, yy: 0, yx: 0, xx: 0 });
  });
});

describe("ratios and covariances of units' shares in them, from exact sums", () => {
  it("are those of the units", () => {
    // Python, with R = Fraction(7, 12) and S = Fraction(4.25) / 6, of (y − R·d)/4 and (x − S·e)/2:
    // [statistics.covariance(a, b) for a, b in combinations_with_replacement([left, right], 2)], as Fractions.
    const expected = {
      n: 3,
      sum: 7,
      denominator: 12,
      y: 7 / 12,
      x: 4.25 / 6,
      yy: 679 / 2304,
      yx: 707 / 1536,
      xx: 553 / 768,
    };
    for (const [name, value] of Object.entries(expected))
      expect(ratioOf(UNITS)[name as keyof typeof expected], name).toBeCloseTo(value, 14);
  });

  it("are the means' where every denominator is 1", () => {
    const units = UNITS.map(({ y, x }) => ({ y, x, d: 1, e: 1 }));
    const [ratio, mean] = [ratioOf(units), pairedOf(units)];
    for (const name of ["y", "x", "yy", "yx", "xx"] as const) expect(ratio[name], name).toBeCloseTo(mean[name], 14);
  });

  it("lose nothing where numerators are nearly proportional to denominators", () => {
    const unit = fc.record({
      y: fc.integer({ min: 0, max: 99 }),
      d: fc.integer({ min: 1, max: 20 }),
      x: fc.integer({ min: 0, max: 99 }),
      e: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 3, maxLength: 12 }), (units) => {
        const [plain, shifted] = [
          ratioOf(units),
          ratioOf(units.map(({ y, d, x, e }) => ({ y: y + 1e9 * d, d, x: x - 1e8 * e, e }))),
        ];
        near(shifted.yy, plain.yy);
        near(shifted.xx, plain.xx);
        expect(Math.abs(shifted.yx - plain.yx)).toBeLessThanOrEqual(1e-11 * Math.sqrt(plain.yy * plain.xx));
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  it("have nothing before where nothing would be divided by", () => {
    expect(ratioOf(UNITS.map(({ y, d, x }) => ({ y, d, x })))).toMatchObject({ x: 0, yx: 0, xx: 0 });
    expect(ratioOf(UNITS.map(({ y }) => ({ y })))).toMatchObject({ denominator: 0, y: 0, yy: 0, yx: 0, xx: 0 });
    expect(ratioOf([])).toMatchObject({ n: 0, denominator: 0, yy: 0, xx: 0 });
  });

  it("have no variance of one unit, nor one below 0 where sums were rounded before they came here", () => {
    const twice = jointSumsOf(UNITS.slice(0, 2)).sums;
    for (const moments of [pairedMomentsOf, ratioMomentsOf])
      expect(moments({ n: 1, sums: twice })).toMatchObject({ yy: 0, yx: expect.closeTo(0, 15), xx: 0 });
    expect(ratioMomentsOf({ n: 5, sums: { y: 10n, d: 10n, yy: 19n, yd: 20n, dd: 20n } }).yy).toBe(0);
  });

  it("show a total to its last place", () => {
    for (const total of ["4048399042789000000", "-8123456789012345678", "123456789012345678901234"])
      expect(ratioMomentsOf({ n: 9, sums: { y: total, d: total } })).toMatchObject({
        sum: Number(total) / 1e6,
        denominator: Number(total) / 1e6,
      });
  });

  it("do not mind whether sums are numbers or the texts of cells", () => {
    const value = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ y: value, d: value, x: value, e: value }), { minLength: 2, maxLength: 5 }),
        (units) => {
          const sums = jointSumsOf(units);
          for (const moments of [pairedMomentsOf, ratioMomentsOf]) {
            const [numbers, texts] = [moments(sums), moments(inTexts(sums))];
            for (const name of ["sum", "denominator", "y", "x"] as const) near(texts[name], numbers[name]);
            near(texts.yy, numbers.yy);
            near(texts.xx, numbers.xx);
          }
        },
      ),
      { seed: 15, numRuns: 300 },
    );
  });
});
