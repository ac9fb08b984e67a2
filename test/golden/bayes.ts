import { type BetaBelief } from "../../analytics/beta-posterior.ts";
import { betaBinomial } from "../../analytics/beta-binomial.ts";
import { normalPosterior } from "../../analytics/normal-posterior.ts";
import type { Fields, Json } from "./compare.ts";
import { alphaIn, computed, type Methods, numberIn, numberOr, undefinedBecause } from "./method.ts";

const fieldsOf = (value: Json | undefined): Fields => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new TypeError("An object is missing.");
  return value as Fields;
};

const countsOf = (value: Json | undefined) => {
  const counts = fieldsOf(value);
  return { n: numberIn(counts, "n"), conversions: numberIn(counts, "conversions") };
};

/** The vectors have 50 digits, in which what is closer to 1 is 1. */
const log10Of = (ln: number): number => (ln > -1e-50 ? 0 : ln / Math.LN10);

const parametersOf = ({ a, b }: BetaBelief) => [a, b];

export const bayes: Methods = {
  "Beta-Binomial A/B comparison": computed((input) => {
    const result = betaBinomial(countsOf(input["control"]), countsOf(input["treatment"]), {
      prior: { a: numberOr(input, "prior_alpha", 1), b: numberOr(input, "prior_beta", 1) },
      alpha: alphaIn(input),
      rope: numberOr(input, "rope", 0),
      lowerIsBetter: input["inverse"] === true,
    });
    return {
      posterior_control: parametersOf(result.control.posterior),
      posterior_treatment: parametersOf(result.treatment.posterior),
      posterior_mean_control: result.control.mean,
      posterior_mean_treatment: result.treatment.mean,
      credible_interval_control: result.control.credibleInterval,
      credible_interval_treatment: result.treatment.credibleInterval,
      probability_treatment_better: result.probabilityTreatmentBetter,
      probability_control_better: result.probabilityControlBetter,
      log10_probability_control_better: log10Of(result.lnProbabilityControlBetter),
      expected_loss_choosing_treatment: result.expectedLossChoosingTreatment,
      expected_loss_choosing_control: result.expectedLossChoosingControl,
      credible_interval_difference: result.differenceInterval,
      credible_interval_relative_lift: result.liftInterval,
      median_relative_lift: result.medianLift,
      probability_in_rope: result.probabilityInRope,
      ln_bayes_factor_10: result.lnBayesFactor,
    };
  }),

  "Normal-Normal posterior of an effect (absolute or relative)": computed((input) => {
    const variance = input["prior_variance"] === "Infinity" ? null : (input["prior_variance"] ?? null);
    const result = normalPosterior(numberOr(input, "estimate", 0), numberOr(input, "standard_error", Infinity), {
      prior:
        variance === null
          ? undefined
          : { mean: numberOr(input, "prior_mean", 0), sd: Math.sqrt(numberIn(input, "prior_variance")) },
      alpha: alphaIn(input),
      rope: numberOr(input, "rope", 0),
      lowerIsBetter: input["inverse"] === true,
    });
    if (result.kind === "undefined") return undefinedBecause(result.reason);
    return {
      posterior_mean: result.posterior.mean,
      posterior_sd: result.posterior.sd,
      credible_interval: result.credibleInterval,
      probability_treatment_better: result.probabilityTreatmentBetter,
      probability_control_better: result.probabilityControlBetter,
      log10_probability_control_better: log10Of(result.lnProbabilityControlBetter),
      expected_loss_choosing_treatment: result.expectedLossChoosingTreatment,
      expected_loss_choosing_control: result.expectedLossChoosingControl,
      probability_in_rope: result.probabilityInRope,
      ln_bayes_factor_10: result.lnBayesFactor ?? null,
    };
  }),
};
