import type { Correction } from "../contract/analysis-settings.ts";
import { criticalValue } from "./critical-value.ts";
import type { DifferenceTest, Interval } from "./difference.ts";
import { benjaminiHochberg, bonferroni, holm, type PValue } from "./multiple-testing.ts";

/** A test with the degrees of freedom of its statistic, where it is Student's and not normal. */
export type Tested = Pick<DifferenceTest, "difference" | "standardError" | "pValue" | "lnPValue"> & {
  readonly degreesOfFreedom?: number;
};

/** Null for a hypothesis that could not be tested. */
export type Family = readonly (Tested | null)[];

const intervalAt = ({ difference, standardError, degreesOfFreedom }: Tested, alpha: number): Interval => {
  const half = criticalValue(Math.log(alpha), degreesOfFreedom) * standardError;
  return [difference - half, difference + half];
};

/** At 1 − α/m: together they hold all true values with a chance of at least 1 − α. */
export const bonferroniIntervals = (tests: Family, alpha: number): (Interval | null)[] => {
  const m = tests.filter((test) => test !== null).length;
  return tests.map((test) => test && intervalAt(test, alpha / m));
};

/**
 * Of the R tests that are rejected at `alpha` by Benjamini and Hochberg, at 1 − R·α/m, so that of the intervals that are
 * looked at because they are clear an expected share of at most α is wrong; null for the others.
 *
 * Source: Y. Benjamini & D. Yekutieli, "False discovery rate-adjusted multiple confidence intervals" (2005).
 */
export const falseCoverageIntervals = (tests: Family, alpha: number): (Interval | null)[] => {
  const m = tests.filter((test) => test !== null).length;
  const rejected = benjaminiHochberg(tests).map((p) => p !== null && p.pValue <= alpha);
  const share = rejected.filter(Boolean).length / m;
  return tests.map((test, i) => test && (rejected[i] ? intervalAt(test, alpha * share) : null));
};

/**
 * With the standard error that would have given the adjusted p-value, so that an interval excludes 0 exactly when that is
 * below α; null where it is 1. No exact interval goes with Holm's method. GrowthBook does the same.
 */
export const impliedIntervals = (
  tests: Family,
  adjusted: readonly (PValue | null)[],
  alpha: number,
): (Interval | null)[] =>
  tests.map((test, i) => {
    const p = adjusted[i];
    if (!test || !p || p.pValue >= 1) return null;
    const implied = criticalValue(p.lnPValue, test.degreesOfFreedom);
    return intervalAt({ ...test, standardError: Math.abs(test.difference) / implied }, alpha);
  });

/** What a test says in company. */
export interface Adjusted extends PValue {
  /** p ≤ α after adjustment. */
  readonly rejected: boolean;
  /** Null where the method has none. */
  readonly interval: Interval | null;
}

const METHODS: Record<Correction, (tests: Family) => readonly (PValue | null)[]> = {
  none: (tests) => tests,
  bonferroni,
  holm,
  benjamini_hochberg: benjaminiHochberg,
};

/**
 * The tests of one family (the goal metrics of all treatments and of the segments that are shown) adjusted for one
 * another; guardrails and secondary metrics are no part of it. Null for those that could not be tested.
 */
export const adjustTests = (tests: Family, correction: Correction, alpha: number): (Adjusted | null)[] => {
  const pValues = METHODS[correction](tests);
  const intervals = {
    none: () => tests.map((test) => test && intervalAt(test, alpha)),
    bonferroni: () => bonferroniIntervals(tests, alpha),
    holm: () => impliedIntervals(tests, pValues, alpha),
    benjamini_hochberg: () => falseCoverageIntervals(tests, alpha),
  }[correction]();
  return pValues.map(
    (p, i) =>
      p && { pValue: p.pValue, lnPValue: p.lnPValue, rejected: p.pValue <= alpha, interval: intervals[i] ?? null },
  );
};
