import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCredit, preferenceOf, signTest } from "../../analytics/interleaving.ts";

const signTestP = (winsSecond: number, decided: number) => {
  const test = signTest({ winsFirst: decided - winsSecond, winsSecond, ties: 3 }, 0.05);
  return test.kind === "estimated" ? test.pValue : undefined;
};

const wins = fc.nat(2000);

describe("the sign test of interleaved rankings", () => {
  it("agrees with R's binom.test", () => {
    // binom.test(7, 10), binom.test(1, 12), binom.test(60, 150)
    expect(signTestP(7, 10)).toBeCloseTo(0.34375, 12);
    expect(signTestP(1, 12)).toBeCloseTo(0.006347656, 9);
    expect(signTestP(60, 150)).toBeCloseTo(0.0175976919, 9);
  });

  it("turns round with the rankings and does not count ties", () => {
    fc.assert(
      fc.property(wins, wins, fc.nat(500), (winsFirst, winsSecond, ties) => {
        fc.pre(winsFirst + winsSecond > 0);
        const one = signTest({ winsFirst, winsSecond, ties }, 0.05);
        const turned = signTest({ winsFirst: winsSecond, winsSecond: winsFirst, ties: 0 }, 0.05);
        if (one.kind === "undefined" || turned.kind === "undefined") throw new Error("somebody won");
        expect(turned.lnPValue).toBeCloseTo(one.lnPValue, 9);
        expect(turned.preference[0]).toBeCloseTo(1 - one.preference[1], 12);
        expect(preferenceOf({ winsFirst: winsSecond, winsSecond: winsFirst, ties })).toBeCloseTo(
          -(preferenceOf({ winsFirst, winsSecond, ties }) ?? Number.NaN),
          14,
        );
      }),
      { seed: 71 },
    );
  });

  it("holds for a billion sessions and where p is no double any more", () => {
    const test = signTest({ winsFirst: 5e8, winsSecond: 5.1e8, ties: 1e8 }, 0.05);
    if (test.kind === "undefined") throw new Error(test.reason);
    // pbinom(5e8, 1.01e9, .5, log.p = TRUE) + log(2) ~ -z²/2 - log(z·√(2π)/2), z = 1e7/√1.01e9
    const z = (1e7 - 1) / Math.sqrt(1.01e9);
    expect(test.pValue).toBe(0);
    expect(test.lnPValue / (-(z * z) / 2 - Math.log((z * Math.sqrt(2 * Math.PI)) / 2))).toBeCloseTo(1, 4);
  });

  it("has nothing to say of ties alone", () => {
    expect(signTest({ winsFirst: 0, winsSecond: 0, ties: 9 }, 0.05)).toEqual({
      kind: "undefined",
      reason: "no_data",
    });
    expect(preferenceOf({ winsFirst: 0, winsSecond: 0, ties: 9 })).toBe(0);
    expect(signTest({ winsFirst: 0, winsSecond: 0, ties: 0 }, 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(preferenceOf({ winsFirst: 0, winsSecond: 0, ties: 0 })).toBeUndefined();
  });
});

describe("the comparison of users' credit", () => {
  it("is a t-test of the mean, for the second ranking and on the scale of the sessions' preference", () => {
    // t.test(-c(-1, -1, 0, 1, -0.5) / 2): mean 0.15, t = 0.80178, df = 4, p-value = 0.4676
    const test = compareCredit({ n: 5, mean: -0.3, variance: 0.7 }, 0.05);
    if (test.kind === "undefined") throw new Error(test.reason);
    expect(test.difference).toBeCloseTo(0.15, 14);
    expect(test.statistic).toBeCloseTo(0.80178, 5);
    expect(test.pValue).toBeCloseTo(0.4676, 4);
  });

  it("is, of users who all gave their credit to one side, half of all", () => {
    const test = compareCredit({ n: 4, mean: -1, variance: 1e-12 }, 0.05);
    expect(test.kind === "estimated" && test.difference).toBe(preferenceOf({ winsFirst: 0, winsSecond: 4, ties: 0 }));
  });

  it.each([
    [{ n: 0, mean: 0, variance: 0 }, "no_data"],
    [{ n: 1, mean: 1, variance: 0 }, "too_few_observations"],
    [{ n: 9, mean: 0, variance: 0 }, "zero_variance"],
  ])("of %j is undefined", (sample, reason) => {
    expect(compareCredit(sample, 0.05)).toEqual({ kind: "undefined", reason });
  });
});
