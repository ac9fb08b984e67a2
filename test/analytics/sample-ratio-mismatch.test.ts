import { describe, expect, it } from "vitest";
import { sampleRatioMismatch, sampleRatioMismatchOver } from "../../analytics/sample-ratio-mismatch.ts";

const half = (first: number, second: number) => [
  { units: first, weight: 1 },
  { units: second, weight: 1 },
];

/** Two units in a variant planned for 1 %, the others in one of 99 %. */
const twoOf = (units: number) => [
  { units: units - 2, weight: 99 },
  { units: 2, weight: 1 },
];

describe("the sample ratio mismatch test", () => {
  it("has nothing to say before the first unit", () => {
    expect(
      sampleRatioMismatch([
        { units: 0, weight: 1 },
        { units: 0, weight: 1 },
      ]),
    ).toMatchObject({
      pValue: 1,
      flagged: false,
      enoughUnits: false,
    });
  });

  it("counts units where none were planned", () => {
    expect(
      sampleRatioMismatch([
        { units: 90, weight: 1 },
        { units: 91, weight: 1 },
        { units: 3, weight: 0 },
      ]),
    ).toMatchObject({
      degreesOfFreedom: 1,
      flagged: false,
      unexpectedUnits: 3,
    });
  });

  it("says when a variant expects too few units for its p-value to be believed", () => {
    // Two of 20 in a variant of 1 % happens by chance once in 59 times (binomial), but chi-squared says p < 0.001.
    expect(sampleRatioMismatch(twoOf(20))).toMatchObject({ flagged: true, enoughUnits: false });
    expect(sampleRatioMismatch(twoOf(500))).toMatchObject({ enoughUnits: true });
  });
});

describe("the sample ratio mismatch test over periods", () => {
  it("does not see a change of weights as a mismatch", () => {
    const before = half(1000, 1000);
    const after = [
      { units: 900, weight: 9 },
      { units: 100, weight: 1 },
    ];
    expect(sampleRatioMismatchOver([before, after])).toMatchObject({ chiSquared: 0, degreesOfFreedom: 2, pValue: 1 });
  });

  it("sums chi-squared and the degrees of freedom", () => {
    // R: pchisq(2 * 40^2 / 1000 + 2 * 30^2 / 1000, 2, lower.tail = FALSE)
    const test = sampleRatioMismatchOver([half(1040, 960), half(970, 1030)]);
    expect(test.chiSquared).toBeCloseTo(5, 12);
    expect(test.degreesOfFreedom).toBe(2);
    expect(test.pValue).toBeCloseTo(0.0820849986238988, 14);
  });

  it("leaves out periods with too few units, and takes them when there are no others", () => {
    expect(sampleRatioMismatchOver([half(1040, 960), half(4, 0), half(0, 0)])).toMatchObject({
      degreesOfFreedom: 1,
      enoughUnits: true,
    });
    expect(sampleRatioMismatchOver([half(4, 0)])).toEqual(sampleRatioMismatch(half(4, 0)));
    expect(sampleRatioMismatchOver([])).toMatchObject({ pValue: 1, flagged: false, enoughUnits: false });
  });

  it("counts units where none were planned in any period", () => {
    const unplanned = [...half(500, 500), { units: 2, weight: 0 }];
    expect(sampleRatioMismatchOver([unplanned, unplanned]).unexpectedUnits).toBe(4);
  });
});
