import { bonferroniIntervals, falseCoverageIntervals, impliedIntervals } from "../../analytics/adjusted-intervals.ts";
import { benjaminiHochberg, bonferroni, holm, type PValue } from "../../analytics/multiple-testing.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import type { Fields } from "./compare.ts";
import { alphaIn, computed, type Methods } from "./method.ts";

const listIn = (input: Fields, field: string): readonly (number | null)[] =>
  input[field] as unknown as readonly (number | null)[];

const numbers = (adjusted: readonly (PValue | null)[]) => adjusted.map((p) => p && p.pValue);

const ofTests = (input: Fields): Readonly<Record<string, unknown>> => {
  const alpha = alphaIn(input);
  const errors = listIn(input, "standard_errors");
  const tests = listIn(input, "estimates").map((estimate, i) => {
    const error = errors[i] ?? null;
    const test = estimate === null || error === null ? undefined : waldTest(estimate, error, alpha);
    return test?.kind === "estimated" ? test : null;
  });
  const rejected = (adjusted: readonly (PValue | null)[]) => adjusted.map((p) => p && p.pValue <= alpha);
  const adjusted = {
    bonferroni: bonferroni(tests),
    holm: holm(tests),
    benjamini_hochberg: benjaminiHochberg(tests),
  };
  return {
    p_values: tests.map((test) => test && test.pValue),
    bonferroni: numbers(adjusted.bonferroni),
    holm: numbers(adjusted.holm),
    benjamini_hochberg: numbers(adjusted.benjamini_hochberg),
    bonferroni_ci: bonferroniIntervals(tests, alpha),
    fcr_ci: falseCoverageIntervals(tests, alpha),
    implied_ci_holm: impliedIntervals(tests, adjusted.holm, alpha),
    rejected_bonferroni: rejected(adjusted.bonferroni),
    rejected_holm: rejected(adjusted.holm),
    rejected_benjamini_hochberg: rejected(adjusted.benjamini_hochberg),
  };
};

const ofPValues = (input: Fields): Readonly<Record<string, unknown>> => {
  const pValues = listIn(input, "p_values").map((pValue) =>
    pValue === null ? null : { pValue, lnPValue: Math.log(pValue) },
  );
  return {
    bonferroni: numbers(bonferroni(pValues)),
    holm: numbers(holm(pValues)),
    benjamini_hochberg: numbers(benjaminiHochberg(pValues)),
  };
};

export const multipleTesting: Methods = {
  "Bonferroni, Holm and Benjamini-Hochberg adjusted p-values and adjusted intervals": computed(ofTests),
  "Adjusted p-values from given p-values (ties, zeros, ones, null entries)": computed(ofPValues),
};
