import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitProbabilities, looksOf, upperExit } from "../../analytics/exit-probabilities.ts";

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** How often some look of so many at a 5 % test rejects. */
const rate = (looks: number): number =>
  2 *
  total(
    exitProbabilities(
      Array.from({ length: looks }, (_, k) => k + 1),
      Array<number>(looks).fill(1.96),
      0,
    ).upper,
  );

describe("exit probabilities", () => {
  it("agree with SciPy's quadrature for two looks", () => {
    // norm.sf(2.5 - 1.5 * sqrt(.3)); quad(lambda u: norm.pdf(u, 1.5 * .3, sqrt(.3)) * norm.sf((2.1 - u - 1.5 * .7) / sqrt(.7)),
    //   -2.5 * sqrt(.3), 2.5 * sqrt(.3)); the same mirrored, and for fractions .01, .9 and drift -.7
    const early = exitProbabilities([0.3, 1], [2.5, 2.1], 1.5);
    expect(early.upper[0]).toBeCloseTo(0.046632942156921035, 14);
    expect(early.upper[1]).toBeCloseTo(0.23990607550307505, 13);
    expect(early.lower[0]).toBeCloseTo(0.00044754043917000344, 14);
    expect(early.lower[1]).toBeCloseTo(0.00014706702440652554, 14);
    const uneven = exitProbabilities([0.01, 0.9], [2.5, 2.1], -0.7);
    expect(uneven.upper[1]).toBeCloseTo(0.0028119981356851767, 14);
    expect(uneven.lower[1]).toBeCloseTo(0.07436541737473375, 13);
  });

  it("leave what NumPy's quadrature leaves for three looks", () => {
    // x, w = leggauss(400); u1 = x * 3 * sqrt(.2); u2 = x * 2.5 * sqrt(.5); f1 = norm.pdf(u1, .2, sqrt(.2)) * w * 3 * sqrt(.2)
    // f2 = array([sum(f1 * norm.pdf(s - u1, .3, sqrt(.3))) for s in u2]) * w * 2.5 * sqrt(.5)
    // sum(f2 * (norm.cdf((2 - u2 - .5) / sqrt(.5)) - norm.cdf((-2 - u2 - .5) / sqrt(.5))))
    const { upper, lower } = exitProbabilities([0.2, 0.5, 1], [3, 2.5, 2], 1);
    expect(1 - total(upper) - total(lower)).toBeCloseTo(0.8292179052100401, 12);
  });

  it("are those of Armitage, McPherson and Rowe for repeated looks at a 5 % test", () => {
    // Armitage, McPherson & Rowe (1969), table 2: 0.083, 0.107, 0.142, 0.193, 0.248, 0.320 for 2, 3, 5, 10, 20, 50 looks.
    expect([2, 3, 5, 10, 20, 50].map((looks) => rate(looks).toFixed(3))).toEqual([
      "0.083",
      "0.107",
      "0.142",
      "0.193",
      "0.248",
      "0.320",
    ]);
  });

  it("mirror with the drift", () => {
    const drift = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        drift,
        fc.array(fc.double({ min: 0.5, max: 9, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (at, bounds) => {
          const one = exitProbabilities([0.1, 0.5, 0.6, 1], bounds, at);
          const other = exitProbabilities([0.1, 0.5, 0.6, 1], bounds, -at);
          one.upper.forEach((exit, k) => expect(exit).toBeCloseTo(other.lower[k]!, 13));
          expect(total(one.upper) + total(one.lower)).toBeLessThan(1 + 1e-12);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("are the same by another drift's recursion", () => {
    const fractions = [0.2, 0.35, 0.7, 1];
    const bounds = [4, 3, 2.5, 2];
    const looks = looksOf(fractions, bounds);
    for (const drift of [-3, 0.5, 4, 9]) {
      const direct = exitProbabilities(fractions, bounds, drift);
      looks.forEach((look, k) => expect(upperExit(look!, drift)).toBeCloseTo(direct.upper[k]!, 13));
    }
  });

  it("do not change with looks that cannot stop", () => {
    const plain = exitProbabilities([0.4, 1], [2.5, 2], 1);
    const more = exitProbabilities([0.2, 0.4, 0.4, 0.4 + 1e-9, 0.7, 1], [Infinity, 2.5, 1, 1, Infinity, 2], 1);
    expect(more.upper).toEqual([0, plain.upper[0], 0, 0, 0, expect.closeTo(plain.upper[1]!, 13)]);
  });

  it("stop at once where the drift is enormous", () => {
    expect(exitProbabilities([0.5, 1], [2, 2], 100)).toEqual({ upper: [1, 0], lower: [0, 0] });
  });
});
