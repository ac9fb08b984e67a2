import { isDeepStrictEqual } from "node:util";
import type { Fields, Json } from "./compare.ts";

/**
 * A number of the reference vectors that is wrong, with the right one: docs/statistics.md, "Where the reference is off". It is known by the
 * method, by what was put in and by the wrong number itself, so that nothing else is ever taken for it, and the tolerance stays.
 */
export interface Erratum {
  readonly method: string;
  readonly input: Fields;
  readonly field: string;
  /** Its place in the field's array; undefined where the field is a number. */
  readonly index?: number;
  readonly wrong: number;
  readonly right: number;
  readonly because: string;
}

const BETA = "Beta-Binomial A/B comparison";
const BEST =
  "Probability of being best / second best and expected regret among k Gaussian posteriors; Thompson, top-two and floored weights";

const trial = (n: number, conversions: number): Fields => ({ n, conversions });
const beta = (control: Fields, treatment: Fields, prior: number): Fields => ({
  control,
  treatment,
  prior_alpha: prior,
  prior_beta: prior,
  alpha: 0.05,
  rope: 0.005,
});

/** Each is a bound at which the posterior's tail is not what it should be, found with 40 digits by mpmath (quadrature split where F is not smooth). */
export const errata: readonly Erratum[] = [
  {
    method: BETA,
    input: beta(trial(0, 0), trial(0, 0), 1),
    field: "credible_interval_relative_lift",
    index: 1,
    wrong: 19.000546250824435,
    right: 19,
    because: "Of two uniform rates P(T > kC) = 1/(2k), which is 0.025 at k = 20.",
  },
  {
    method: BETA,
    input: beta(trial(10, 0), trial(10, 0), 1),
    field: "credible_interval_difference",
    index: 0,
    wrong: -0.22831104185886586,
    right: -0.22830627598900233,
    because: "Both posteriors are the same, so the interval is symmetric around 0; its upper bound is right.",
  },
  {
    method: BETA,
    input: beta(trial(3, 1), trial(3, 2), 0.5),
    field: "credible_interval_relative_lift",
    index: 1,
    wrong: 15.58081508234193,
    right: 15.580724378338548,
    because: "P(T/C − 1 > 15.5807243783385…) = 0.025.",
  },
  {
    method: BETA,
    input: beta(trial(3, 1), trial(3, 2), 0.5),
    field: "median_relative_lift",
    wrong: 0.7460376673973653,
    right: 0.7460365719157229,
    because: "P(T/C − 1 > 0.7460365719157…) = 0.5.",
  },
  {
    method: BETA,
    input: beta(trial(1, 1), trial(1, 0), 1),
    field: "credible_interval_difference",
    index: 0,
    wrong: -0.8836638123378848,
    right: -0.8836623658670323,
    because: "P(T − C < −0.8836623658670…) = 0.025.",
  },
  {
    method: BEST,
    input: {
      posterior_means: [-3.9767, 5.1475, 2.0103],
      posterior_sds: [0.9717, 0.3099, 0.416],
      floor: 0.02,
    },
    field: "top_two_russo_weights",
    index: 2,
    wrong: 0.4999998031970019,
    right: 0.4999999998745511,
    because: "The weights sum to 1. 1 − P(best) was formed of a P that is 1 but for its last digits.",
  },
];

/** What a field is expected to be, with the numbers that are known to be wrong put right, and how many they were. */
export const putRight = (
  method: string,
  input: Fields,
  field: string,
  expected: Json,
): { readonly expected: Json; readonly corrected: number } => {
  let corrected = 0;
  let value = expected;
  for (const { wrong, right, index, ...known } of errata) {
    if (known.method !== method || known.field !== field || !isDeepStrictEqual(known.input, input)) continue;
    if (index === undefined ? value !== wrong : !Array.isArray(value) || value[index] !== wrong) continue;
    value = index === undefined ? right : (value as readonly Json[]).with(index, right);
    corrected++;
  }
  return { expected: value, corrected };
};
