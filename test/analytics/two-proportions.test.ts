import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";
import { fisherExact } from "../../analytics/fisher-exact.ts";
import { katzLift } from "../../analytics/katz.ts";
import { liftOf, liftStandardError } from "../../analytics/lift.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import {
  comparePooledProportions,
  compareProportions,
  type Proportion,
  rateOf,
} from "../../analytics/two-proportions.ts";
import { newcombeInterval, wilsonInterval } from "../../analytics/wilson.ts";
import { failures, readVectors } from "./golden.ts";

const compute = (input: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { control, treatment, alpha } = input as unknown as {
    control: Proportion;
    treatment: Proportion;
    alpha: number;
  };
  const before = rateOf(control);
  const after = rateOf(treatment);
  const unpooled = compareProportions(control, treatment, alpha);
  const pooled = comparePooledProportions(control, treatment);
  const critical = normalUpperQuantile(alpha / 2);
  const fieller = fiellerLift(before, after, critical);
  const lift = liftOf(before.mean, after.mean);
  const liftError = liftStandardError(before, after);
  return {
    rate_control: before.mean,
    rate_treatment: after.mean,
    absolute_difference: after.mean - before.mean,
    pooled_rate:
      pooled.kind === "estimated"
        ? pooled.pooledRate
        : (control.conversions + treatment.conversions) / (control.n + treatment.n),
    se_pooled: pooled.kind === "estimated" ? pooled.standardError : 0,
    se_unpooled: unpooled.kind === "estimated" ? unpooled.standardError : 0,
    z_pooled: pooled.kind === "estimated" ? pooled.statistic : null,
    p_two_sided_pooled: pooled.kind === "estimated" ? pooled.pValue : null,
    log10_p_two_sided_pooled: pooled.kind === "estimated" ? pooled.lnPValue / Math.LN10 : null,
    z_unpooled: unpooled.kind === "estimated" ? unpooled.statistic : null,
    p_two_sided_unpooled: unpooled.kind === "estimated" ? unpooled.pValue : null,
    log10_p_two_sided_unpooled: unpooled.kind === "estimated" ? unpooled.lnPValue / Math.LN10 : null,
    ci_absolute_wald: unpooled.kind === "estimated" ? unpooled.interval : null,
    wilson_ci_control: wilsonInterval(control, alpha),
    wilson_ci_treatment: wilsonInterval(treatment, alpha),
    ci_absolute_newcombe: newcombeInterval(control, treatment, alpha),
    relative_lift: lift ?? null,
    se_relative_lift_delta: liftError ?? null,
    ci_relative_delta:
      lift !== undefined && liftError ? [lift - critical * liftError, lift + critical * liftError] : null,
    fieller_status: fieller.kind,
    fieller_g: fieller.g,
    ci_relative_fieller: fieller.kind === "bounded" ? fieller.interval : null,
    ci_relative_log_katz: katzLift(control, treatment, alpha) ?? null,
    p_fisher_exact_two_sided: control.n + treatment.n <= 20_000 ? fisherExact(control, treatment) : null,
  };
};

describe("the comparison of two proportions", () => {
  it.each(readVectors("two_proportions").cases)("meets the 50-digit numbers of $name", (vector) => {
    expect(failures(vector, compute)).toEqual([]);
  });

  it.each([
    ["no_data", { n: 0, conversions: 0 }, { n: 5, conversions: 1 }],
    ["zero_variance", { n: 50, conversions: 0 }, { n: 60, conversions: 0 }],
    ["zero_variance", { n: 1, conversions: 0 }, { n: 1, conversions: 1 }],
  ] as const)("is undefined for %s, never p = 1", (reason, control, treatment) => {
    expect(compareProportions(control, treatment, 0.05)).toEqual({ kind: "undefined", reason });
    expect(compareProportions(treatment, control, 0.05)).toEqual({ kind: "undefined", reason });
  });

  it("says the same in the interval, the p-value and Fieller's interval of the lift", () => {
    const proportion = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.record({ n: fc.constant(n), conversions: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(proportion, proportion, fc.constantFrom(0.01, 0.05, 0.2), (control, treatment, alpha) => {
        const test = compareProportions(control, treatment, alpha);
        if (test.kind === "undefined") return;
        const clear = test.pValue < alpha;
        const [low, high] = test.interval;
        expect(low > 0 || high < 0).toBe(clear);
        const lift = fiellerLift(rateOf(control), rateOf(treatment), test.critical);
        if (lift.kind === "bounded") expect(lift.interval[0] > 0 || lift.interval[1] < 0).toBe(clear);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("is antisymmetric: exchanging the variants turns the difference and keeps the p-value", () => {
    const a = { n: 830, conversions: 91 };
    const b = { n: 410, conversions: 60 };
    const there = compareProportions(a, b, 0.05);
    const back = compareProportions(b, a, 0.05);
    if (there.kind === "undefined" || back.kind === "undefined") throw new Error("both are defined");
    expect(back.difference).toBe(-there.difference);
    expect(back.pValue).toBe(there.pValue);
  });
});
