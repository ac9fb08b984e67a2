import { classicalBoundaries, OBRIEN_FLEMING, POCOCK } from "../../analytics/classical-boundaries.ts";
import { confidenceSequence, tuningRho } from "../../analytics/confidence-sequence.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { exitProbabilities } from "../../analytics/exit-probabilities.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { driftFor, expectedFraction, inflationFactor } from "../../analytics/group-sequential-power.ts";
import { mixtureSprt } from "../../analytics/msprt.ts";
import { addLook, NO_LOOK } from "../../analytics/running-inference.ts";
import type { SpendingFunction } from "../../analytics/spending.ts";
import type { Fields } from "./compare.ts";
import { alphaIn, computed, type Methods, numberIn, undefinedBecause } from "./method.ts";

const numbersIn = (input: Fields, field: string): number[] => {
  const values = input[field];
  if (!Array.isArray(values)) throw new TypeError(`${field} has to be a list; it is ${JSON.stringify(values)}.`);
  return values.map((value) => numberIn({ value }, "value"));
};

const fieldsIn = (input: Fields, field: string): Fields => input[field] as Fields;

/** The mean of a variant and the variance of that mean; not numbers without a unit. */
const meanOf = (variant: Fields): { readonly mean: number; readonly variance: number } => {
  const n = numberIn(variant, "n");
  if (n === 0) return { mean: NaN, variance: NaN };
  if (variant["conversions"] === undefined)
    return { mean: numberIn(variant, "mean"), variance: numberIn(variant, "variance") / n };
  const rate = numberIn(variant, "conversions") / n;
  return { mean: rate, variance: (rate * (1 - rate)) / n };
};

const finiteOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

const SPENDING: Readonly<Record<string, SpendingFunction["spending"]>> = {
  obrien_fleming_type: "obrien_fleming",
  pocock_type: "pocock",
  power: "power",
  hwang_shih_decani: "hwang_shih_decani",
};

const named = <T>(names: Readonly<Record<string, T>>, input: Fields, field: string): T => {
  const name = input[field];
  const value = typeof name === "string" ? names[name] : undefined;
  if (value === undefined) throw new TypeError(`${field} ${JSON.stringify(name)} is not known.`);
  return value;
};

export const sequential: Methods = {
  "Mixture SPRT always-valid p-values and confidence sequence (normal mixture)": computed((input) => {
    let running = NO_LOOK;
    const looks = (input["looks"] as readonly Fields[]).map((look) => {
      const control = meanOf(fieldsIn(look, "control"));
      const treatment = meanOf(fieldsIn(look, "treatment"));
      const difference = treatment.mean - control.mean;
      const variance = treatment.variance + control.variance;
      const test = mixtureSprt(difference, variance, numberIn(input, "tau_squared"), alphaIn(input));
      running = addLook(running, test);
      return {
        difference: finiteOrNull(difference),
        variance_of_difference: finiteOrNull(variance),
        ln_likelihood_ratio: test.kind === "undefined" ? 0 : test.lnEValue,
        p_always_valid: running.pValue,
        log10_p_always_valid: running.lnPValue / Math.LN10,
        confidence_sequence: test.kind === "undefined" ? [-Infinity, Infinity] : test.interval,
        running_intersection: running.intersection,
      };
    });
    return { looks };
  }),

  "Asymptotic confidence sequence (anytime-valid interval and p-value)": computed((input) => {
    const alpha = alphaIn(input);
    const tuningN = numberIn(input, "tuning_n");
    const standardError = numberIn(input, "standard_error");
    const test = confidenceSequence(
      numberIn(input, "estimate"),
      standardError,
      numberIn(input, "n_total"),
      tuningN,
      alpha,
    );
    if (test.kind === "undefined") return undefinedBecause(test.reason);
    return {
      rho: tuningRho(tuningN, alpha),
      halfwidth_two_sided: test.halfWidth,
      interval_two_sided: test.interval,
      ln_e_value: test.lnEValue,
      p_value_two_sided: test.pValue,
      log10_p_value_two_sided: test.lnPValue / Math.LN10,
      rho_one_sided: tuningRho(tuningN, 2 * alpha),
      halfwidth_one_sided: test.oneSided.halfWidth,
      lower_bound_treatment_greater: test.oneSided.lower,
      upper_bound_treatment_less: test.oneSided.upper,
      width_ratio_to_fixed_horizon: test.halfWidth / (normalUpperQuantile(alpha / 2) * standardError),
    };
  }),

  "Group-sequential boundaries by alpha spending (two-sided symmetric)": computed((input) => {
    const parameter = input["spending_parameter"];
    const boundaries = spendingBoundaries(
      numbersIn(input, "information_fractions"),
      alphaIn(input, "alpha_two_sided"),
      {
        spending: named(SPENDING, input, "spending"),
        parameter: typeof parameter === "number" ? parameter : null,
      },
    );
    return {
      z_bounds: boundaries.map(({ bound }) => bound),
      nominal_p_two_sided: boundaries.map(({ nominalP }) => nominalP),
      cumulative_alpha_spent: boundaries.map(({ alphaSpent }) => alphaSpent),
    };
  }),

  "Classical O'Brien-Fleming, Pocock and Wang-Tsiatis constants (equally spaced looks)": computed((input) => {
    const alpha = alphaIn(input, "alpha_two_sided");
    const delta =
      input["design"] === "wang_tsiatis"
        ? numberIn(input, "delta")
        : named({ pocock: POCOCK, obrien_fleming: OBRIEN_FLEMING }, input, "design");
    const { constant, fractions, bounds } = classicalBoundaries(numberIn(input, "looks"), alpha, delta);
    const inflation = inflationFactor(fractions, bounds, alpha, 0.8);
    return {
      constant,
      z_bounds: bounds,
      inflation_factor_power_80: inflation,
      inflation_factor_power_90: inflationFactor(fractions, bounds, alpha, 0.9),
      average_information_under_H1_power_80_relative_to_fixed:
        inflation * expectedFraction(fractions, bounds, driftFor(fractions, bounds, 0.8)),
      published_value_3_decimals: constant,
    };
  }),

  "Exit probabilities and power of a given boundary (arbitrary fractions)": computed((input) => {
    const { upper, lower } = exitProbabilities(
      numbersIn(input, "information_fractions"),
      numbersIn(input, "z_bounds"),
      numberIn(input, "drift"),
    );
    return {
      exit_upper: upper,
      exit_lower: lower,
      total_rejection_probability: [...upper, ...lower].reduce((sum, exit) => sum + exit, 0),
    };
  }),
};
