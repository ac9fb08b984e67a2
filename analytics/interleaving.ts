import type { DifferenceTest, Interval, Undefined } from "./difference.ts";
import { evenBinomialLn } from "./distributions/binomial.ts";
import { waldTest } from "./wald-test.ts";
import type { Sample } from "./welch.ts";
import { wilsonInterval } from "./wilson.ts";

/** Sessions or units by which ranking earned more of their credit: the first, the second, or neither. */
export interface Credits {
  readonly winsFirst: number;
  readonly winsSecond: number;
  readonly ties: number;
}

export interface SignTest {
  readonly kind: "estimated";
  /** Exact: the two-sided binomial test that either is as likely to win. */
  readonly pValue: number;
  readonly lnPValue: number;
  /** By the normal approximation, as a z-test of wins. */
  readonly approximate: DifferenceTest | Undefined;
  /** Wilson's interval of the share of wins that are the second's. */
  readonly preference: Interval;
}

/**
 * How far the second ranking is preferred, from −½ to ½: its share of wins, a tie counting for half, less ½. Undefined without credit.
 * Source: O. Chapelle, T. Joachims, F. Radlinski and Y. Yue (2012).
 */
export const preferenceOf = ({ winsFirst, winsSecond, ties }: Credits): number | undefined => {
  const total = winsFirst + winsSecond + ties;
  return total === 0 ? undefined : (winsSecond - winsFirst) / (2 * total);
};

/** The sign test of two interleaved rankings: ties say nothing and are left out. Sessions must be independent; those of one user are not. */
export const signTest = ({ winsFirst, winsSecond }: Credits, alpha: number): SignTest | Undefined => {
  const decided = winsFirst + winsSecond;
  if (decided === 0) return { kind: "undefined", reason: "no_data" };
  const lnPValue = evenBinomialLn(winsSecond, decided);
  return {
    kind: "estimated",
    pValue: Math.exp(lnPValue),
    lnPValue,
    approximate: waldTest(winsSecond - winsFirst, Math.sqrt(decided), alpha),
    preference: wilsonInterval({ n: decided, conversions: winsSecond }, alpha),
  };
};

/**
 * The test for many sessions a user: the mean over users of their preference for the second ranking, on the scale of `preferenceOf`,
 * by Student's t. The sample is of one number a user as the running sums have it: the first ranking's share of the user's credit less the
 * second's, from −1 to 1.
 */
export const compareCredit = ({ n, mean, variance }: Sample, alpha: number): DifferenceTest | Undefined =>
  n === 0
    ? { kind: "undefined", reason: "no_data" }
    : n < 2
      ? { kind: "undefined", reason: "too_few_observations" }
      : waldTest(-mean / 2, Math.sqrt(variance / n) / 2, alpha, n - 1);
