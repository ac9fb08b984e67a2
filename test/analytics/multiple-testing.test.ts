import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustTests, type Family } from "../../analytics/adjusted-intervals.ts";
import { criticalValue } from "../../analytics/critical-value.ts";
import { normalLnTails } from "../../analytics/distributions/normal.ts";
import { studentTTwoSidedLnTails } from "../../analytics/distributions/student-t.ts";
import { benjaminiHochberg, bonferroni, holm, type PValue } from "../../analytics/multiple-testing.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import { Correction } from "../../contract/analysis-settings.ts";

const ofP = (pValue: number): PValue => ({ pValue, lnPValue: Math.log(pValue) });

const pValue = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(0.01, 0.05, 1),
  fc.integer({ min: -5000, max: -1 }).map((ln) => ({ pValue: Math.exp(ln), lnPValue: ln })),
);
const family = fc.array(fc.option(pValue.map((p) => (typeof p === "number" ? ofP(p) : p))), { maxLength: 25 });

const tested = (difference: number, standardError: number, degreesOfFreedom?: number) => {
  const test = waldTest(difference, standardError, 0.05, degreesOfFreedom);
  if (test.kind === "undefined") throw new Error("it varies");
  return { ...test, ...(degreesOfFreedom === undefined ? {} : { degreesOfFreedom }) };
};

const rejected = (adjusted: readonly (PValue | null)[]) => adjusted.filter((p) => p && p.pValue <= 0.05).length;

const far = (lnPValue: number): PValue => ({ pValue: 0, lnPValue });

describe("adjusted p-values", () => {
  it("reject what Benjamini and Hochberg's example rejects", () => {
    // Benjamini & Hochberg (1995), section 3.2: at 0.05 Bonferroni rejects three of these hypotheses, and their method four.
    const pValues = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ].map(ofP);
    expect(rejected(bonferroni(pValues))).toBe(3);
    expect(rejected(holm(pValues))).toBe(3);
    expect(rejected(benjaminiHochberg(pValues))).toBe(4);
  });

  it("are never below the p-value, nor above Bonferroni's: Benjamini-Hochberg, then Holm, then Bonferroni", () => {
    fc.assert(
      fc.property(family, (pValues) => {
        const [mildest, middle, strictest] = [benjaminiHochberg(pValues), holm(pValues), bonferroni(pValues)];
        const order = pValues.map((p, i) =>
          [p, mildest[i], middle[i], strictest[i]].map((each) => each?.lnPValue ?? 0),
        );
        for (const ln of order)
          for (const [i, value] of ln.entries())
            expect(value).toBeGreaterThanOrEqual((ln[i - 1] ?? -Infinity) - 1e-12 * Math.abs(value));
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it("keep the order of the p-values, however small, and ties", () => {
    fc.assert(
      fc.property(family, fc.constantFrom(bonferroni, holm, benjaminiHochberg), (pValues, adjust) => {
        const pairs = adjust(pValues).flatMap((p, i) => {
          const before = pValues[i];
          return p && before ? [[before.lnPValue, p.lnPValue] as const] : [];
        });
        for (const [before, after] of pairs)
          for (const [otherBefore, otherAfter] of pairs)
            expect(before < otherBefore ? after <= otherAfter : before > otherBefore || after === otherAfter).toBe(
              true,
            );
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it("do not count hypotheses that were not tested", () => {
    fc.assert(
      fc.property(family, fc.constantFrom(bonferroni, holm, benjaminiHochberg), (pValues, adjust) => {
        const testedOnly = pValues.filter((p) => p !== null);
        expect(adjust(pValues).filter((p) => p !== null)).toEqual(adjust(testedOnly));
        expect(adjust(pValues).map((p) => p === null)).toEqual(pValues.map((p) => p === null));
      }),
      { seed: 13, numRuns: 300 },
    );
  });

  it("tell apart what doubles call 0", () => {
    const [a, b] = holm([far(-2000), far(-1000)]);
    expect(a?.lnPValue).toBeCloseTo(-2000 + Math.LN2, 9);
    expect(b?.lnPValue).toBe(-1000);
  });
});

describe("tests of one family", () => {
  const tests: Family = [tested(3, 1), null, tested(-1, 0.5, 12), tested(0.1, 1), tested(50, 1), tested(-45, 1, 1e6)];

  it.each(Correction.options)("by %s: the interval excludes 0 exactly when the p-value is below α", (correction) => {
    for (const alpha of [0.001, 0.02, 0.05, 0.3])
      for (const adjusted of adjustTests(tests, correction, alpha)) {
        const [low, high] = adjusted?.interval ?? [-1, 1];
        expect(low > 0 || high < 0).toBe(adjusted?.rejected ?? false);
      }
  });

  it("are left as they are where nothing is corrected, or nothing is there to correct for", () => {
    const one = tested(2.5, 1, 7);
    for (const correction of Correction.options) {
      const [adjusted] = adjustTests([one], correction, 0.05);
      expect(adjusted?.pValue).toBe(one.pValue);
      expect(adjusted?.interval?.[0]).toBeCloseTo(one.interval[0], 12);
      expect(adjusted?.interval?.[1]).toBeCloseTo(one.interval[1], 12);
    }
    const [uncorrected] = adjustTests(tests, "none", 0.05);
    expect(uncorrected?.interval).toEqual(tested(3, 1).interval);
  });

  it("have no implied interval where nothing is left of the evidence", () => {
    expect(adjustTests([tested(0.1, 1), tested(0.2, 1)], "holm", 0.05).map((each) => each?.interval)).toEqual([
      null,
      null,
    ]);
    expect(adjustTests([tested(0, 1)], "holm", 0.05)[0]?.interval).toBeNull();
  });

  it("may be none at all", () => {
    for (const correction of Correction.options) {
      expect(adjustTests([], correction, 0.05)).toEqual([]);
      expect(adjustTests([null], correction, 0.05)).toEqual([null]);
    }
  });
});

describe("the critical value of a p-value", () => {
  it.each([undefined, 1, 3.5, 40, 1e5, 1e9])("has it as its tails, with %s degrees of freedom", (degreesOfFreedom) => {
    for (const lnP of [-1e-6, -0.5, -3, -50, -690, -705, -2000, -1e5]) {
      const value = criticalValue(lnP, degreesOfFreedom);
      // e^2000 is beyond a double: with 1 degree of freedom that is where such a tail begins.
      if (value === Infinity) continue;
      const ln =
        degreesOfFreedom === undefined
          ? Math.LN2 + normalLnTails(value).lnUpper
          : studentTTwoSidedLnTails(value, degreesOfFreedom).lnUpper;
      expect(Math.abs(ln / lnP - 1)).toBeLessThan(1e-9);
    }
  });

  it("is 0 for a p-value of 1 and infinite for one of 0", () => {
    expect(criticalValue(0)).toBeCloseTo(0, 15);
    expect(criticalValue(-Infinity)).toBe(Infinity);
  });
});
