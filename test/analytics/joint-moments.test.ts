import { describe, expect, it } from "vitest";
import { jointMomentsOf } from "../../analytics/joint-moments.ts";
import { momentsOfUnits } from "./joint-sums.ts";

const UNITS = [
  { y: 1, d: 2, x: 0.5, e: 1 },
  { y: 4, d: 3, x: 2.5, e: 1 },
  { y: 2, d: 7, x: 1.25, e: 4 },
];

describe("means and covariances from exact sums", () => {
  it("are those of the units", () => {
    // Python: [statistics.covariance(a, b) for a, b in combinations_with_replacement([y, d, x, e], 2)]
    const expected = {
      n: 3,
      y: 7 / 3,
      d: 4,
      x: 4.25 / 3,
      e: 2,
      yy: 2.3333333333333335,
      yd: 0.0,
      yx: 1.5416666666666667,
      ye: -0.5,
      dd: 7.0,
      dx: 0.125,
      de: 4.5,
      xx: 1.0208333333333333,
      xe: -0.25,
      ee: 3.0,
    };
    const moments = momentsOfUnits(UNITS);
    expect(Object.keys(moments)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected))
      expect(moments[name as keyof typeof expected], name).toBeCloseTo(value, 14);
  });

  it("lose nothing beside means a billion times as large", () => {
    const shifted = momentsOfUnits(UNITS.map(({ y, d, x, e }) => ({ y: y + 1e9, d, x: x - 1e9, e })));
    expect(shifted).toEqual({ ...momentsOfUnits(UNITS), y: shifted.y, x: shifted.x });
  });

  it("are 0 where there are too few units for them", () => {
    expect(momentsOfUnits([])).toMatchObject({ n: 0, y: 0, yy: 0 });
    expect(momentsOfUnits(UNITS.slice(0, 1))).toMatchObject({ n: 1, y: 1, yy: 0, yx: 0 });
  });

  it("take any unit of measure", () => {
    expect(jointMomentsOf({ n: 2, unit: 4, sums: { y: 12n, yy: 80n } })).toMatchObject({ y: 1.5, yy: 0.5, x: 0 });
  });
});
