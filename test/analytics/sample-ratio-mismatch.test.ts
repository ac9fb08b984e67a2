import { describe, expect, it } from "vitest";
import { sampleRatioMismatch } from "../../analytics/sample-ratio-mismatch.ts";
import { failures, log10Of, readVectors } from "./golden.ts";

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { observed_counts: counts, expected_weights: weights } = input as unknown as Record<string, number[]>;
  const test = sampleRatioMismatch((counts ?? []).map((units, i) => ({ units, weight: weights?.[i] ?? 0 })));
  return {
    chi_square: test.chiSquared,
    degrees_of_freedom: test.degreesOfFreedom,
    p_value: test.pValue,
    log10_p_value: log10Of(test.lnPValue),
    flagged: test.flagged,
  };
};

/** Two units in a variant planned for 1 %, the others in one of 99 %. */
const twoOf = (units: number) => [
  { units: units - 2, weight: 99 },
  { units: 2, weight: 1 },
];

describe("the sample ratio mismatch test", () => {
  it.each(readVectors("srm_chi_square").cases)("meets the 50-digit numbers of $name", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

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
