import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRates, exactRatesLn, indexOfDispersion, rateRatioInterval } from "../../analytics/count-rates.ts";

const rate = fc.record({
  events: fc.integer({ min: 0, max: 100_000 }),
  exposure: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
});

describe("the comparison of event rates", () => {
  it("agrees with R's poisson.test", () => {
    // poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878)): p-value = 0.07967
    const ln = exactRatesLn({ events: 21, exposure: 3011 }, { events: 11, exposure: 800 });
    expect(Math.exp(ln ?? NaN)).toBeCloseTo(0.0796686330333295, 12);
  });

  it("does not change with the unit of exposure, nor the p-values with the order of the variants", () => {
    fc.assert(
      fc.property(rate, rate, (control, treatment) => {
        const inMinutes = [control, treatment].map((each) => ({ ...each, exposure: each.exposure * 64 }));
        const test = compareRates(control, treatment, 0.05);
        const [before = control, after = treatment] = inMinutes;
        const scaled = compareRates(before, after, 0.05);
        const turned = compareRates(treatment, control, 0.05);
        if (test.kind === "undefined" || scaled.kind === "undefined" || turned.kind === "undefined") return;
        expect(scaled.statistic).toBeCloseTo(test.statistic, 9);
        expect(turned.statistic).toBeCloseTo(-test.statistic, 9);
        const there = exactRatesLn(control, treatment) ?? NaN;
        const back = exactRatesLn(treatment, control) ?? NaN;
        expect(Math.abs(there - back)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(there)));
      }),
      { seed: 13 },
    );
  });

  it("meets the exact test where events are many", () => {
    const control = { events: 500_000, exposure: 1e9 };
    const treatment = { events: 502_500, exposure: 1e9 };
    const test = compareRates(control, treatment, 0.05);
    const exact = Math.exp(exactRatesLn(control, treatment) ?? NaN);
    expect(test.kind === "estimated" && test.pValue / exact).toBeCloseTo(1, 2);
  });

  it("is undefined without exposure and without any event", () => {
    const none = { events: 0, exposure: 50 };
    expect(compareRates(none, { events: 0, exposure: 0 }, 0.05)).toEqual({ kind: "undefined", reason: "no_data" });
    expect(compareRates(none, none, 0.05)).toEqual({ kind: "undefined", reason: "zero_variance" });
    expect(exactRatesLn(none, none)).toBeUndefined();
    expect(exactRatesLn({ events: 0, exposure: 0 }, { events: 0, exposure: 0 })).toBeUndefined();
  });

  it("has an interval of the ratio only where both have events", () => {
    const some = { events: 10, exposure: 100 };
    const none = { events: 0, exposure: 100 };
    expect(rateRatioInterval(some, none, 0.05)).toBeUndefined();
    expect(rateRatioInterval(none, some, 0.05)).toBeUndefined();
    const [low, high] = rateRatioInterval(some, some, 0.05) ?? [NaN, NaN];
    // R: exp(qnorm(.975) * sqrt(1/10 + 1/10))
    expect(high).toBeCloseTo(2.4025304608, 9);
    expect(low * high).toBeCloseTo(1, 12);
  });
});

describe("the index of dispersion", () => {
  it("is 1 for a Poisson process, above it for events in bunches, and undefined for none", () => {
    expect(indexOfDispersion({ n: 9, mean: 4, variance: 4 })).toBe(1);
    expect(indexOfDispersion({ n: 9, mean: 4, variance: 40 })).toBe(10);
    expect(indexOfDispersion({ n: 9, mean: 0, variance: 0 })).toBeUndefined();
  });
});
