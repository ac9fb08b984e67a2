import { type Planned, sampleRatioMismatch } from "../../analytics/sample-ratio-mismatch.ts";
import { sequentialSampleRatio } from "../../analytics/sequential-srm.ts";
import { computed, type Methods, numberIn } from "./method.ts";

const planned = (counts: unknown, weights: unknown): Planned[] =>
  (weights as readonly number[]).map((weight, i) => ({ units: (counts as readonly number[])[i] ?? 0, weight }));

export const sampleRatio: Methods = {
  "Sample-ratio-mismatch chi-square test": computed((input) => {
    const test = sampleRatioMismatch(planned(input["observed_counts"], input["expected_weights"]));
    return {
      chi_square: test.chiSquared,
      degrees_of_freedom: test.degreesOfFreedom,
      p_value: test.pValue,
      log10_p_value: test.lnPValue / Math.LN10,
      flagged: test.flagged,
    };
  }),

  "Sequential sample-ratio-mismatch test (Dirichlet-multinomial Bayes factor, anytime valid)": computed((input) => {
    let lnPValue = 0;
    const looks = (input["cumulative_counts_by_look"] as readonly unknown[]).map((counts) => {
      const test = sequentialSampleRatio(
        [planned(counts, input["expected_weights"])],
        lnPValue,
        input["concentration"] === undefined ? undefined : numberIn(input, "concentration"),
      );
      ({ lnPValue } = test);
      return { ln_bayes_factor: test.lnBayesFactor, p_always_valid: test.pValue };
    });
    return { looks };
  }),
};
