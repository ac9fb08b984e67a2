import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lnGammaRatio } from "../../analytics/distributions/ln-gamma-ratio.ts";
import { sequentialSampleRatio, splitLnBayesFactor } from "../../analytics/sequential-srm.ts";
import { seededRandom } from "../random.ts";

const split = (units: readonly number[], weights: readonly number[]) =>
  units.map((count, i) => ({ units: count, weight: weights[i]! }));

describe("the sequential split test", () => {
  it.each([
    // mpmath, 60 digits: loggamma(c) - loggamma(c + n) + sum(loggamma(c*w + x) - loggamma(c*w)) - sum(x * log(w))
    { units: [7, 3], weights: [1, 1], concentration: 1, ln: -0.5823328142196552 },
    { units: [700, 290, 10], weights: [7, 2, 1], concentration: 0.1, ln: 73.7995752778969 },
    { units: [1_000_070_000, 3e9, 6e9], weights: [1, 3, 6], concentration: 10_000, ln: -11.61071852115256 },
    { units: [500_000_300_000, 500_000_000_000], weights: [1, 1], concentration: 1000, ln: -10.316883082476217 },
  ])("keeps its digits for $units", ({ units, weights, concentration, ln }) => {
    expect(splitLnBayesFactor(split(units, weights), concentration)).toBeCloseTo(ln, 11);
  });

  it("is the formula that it rearranges", () => {
    const counts = fc.array(fc.nat(500), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(counts, fc.double({ min: 0.5, max: 5000, noNaN: true }), (units, concentration) => {
        const shares = [0.2, 0.3, 0.5];
        const plain = units.reduce(
          (sum, count, i) => sum + lnGammaRatio(concentration * shares[i]!, count) - count * Math.log(shares[i]!),
          -lnGammaRatio(
            concentration,
            units.reduce((sum, count) => sum + count, 0),
          ),
        );
        expect(splitLnBayesFactor(split(units, shares), concentration)).toBeCloseTo(plain, 8);
      }),
    );
  });

  it("does not care what weights sum to, nor for variants of weight 0", () => {
    const one = splitLnBayesFactor(split([520, 480], [1, 1]));
    expect(splitLnBayesFactor(split([520, 480], [50, 50]))).toBeCloseTo(one, 12);
    expect(splitLnBayesFactor(split([520, 480, 9], [1, 1, 0]))).toBe(one);
  });

  it("has nothing to say before the first unit, or of one variant", () => {
    expect(splitLnBayesFactor(split([0, 0], [1, 1]))).toBe(0);
    expect(splitLnBayesFactor(split([900], [1]))).toBeCloseTo(0, 12);
    expect(splitLnBayesFactor([])).toBe(0);
    expect(sequentialSampleRatio([])).toMatchObject({ pValue: 1, flagged: false });
  });

  it("keeps the smallest p-value and multiplies what periods say", () => {
    const bad = split([700, 300], [1, 1]);
    const good = split([500, 500], [1, 1]);
    const first = sequentialSampleRatio([bad]);
    expect(first.flagged).toBe(true);
    expect(sequentialSampleRatio([good], first.lnPValue)).toMatchObject({ lnPValue: first.lnPValue, flagged: true });
    const weightsChanged = sequentialSampleRatio([bad, split([300, 100], [3, 1])]);
    expect(weightsChanged.lnBayesFactor).toBeCloseTo(
      splitLnBayesFactor(bad) + splitLnBayesFactor(split([300, 100], [3, 1])),
      12,
    );
  });

  it("is wrong at any of 1000 looks in fewer than 1 of 20 experiments at a level of 5 %", () => {
    const random = seededRandom(17);
    let wrong = 0;
    for (let run = 0; run < 400; run++) {
      let lnPValue = 0;
      const units = [0, 0];
      for (let look = 0; look < 1000; look++) {
        units[random() < 0.5 ? 0 : 1]! += 1;
        ({ lnPValue } = sequentialSampleRatio([split(units, [1, 1])], lnPValue, 100));
      }
      if (lnPValue <= Math.log(0.05)) wrong++;
    }
    expect(wrong / 400).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 400));
  });
});
