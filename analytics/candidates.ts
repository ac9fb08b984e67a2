import type { Comparison, MetricResult, Reading } from "../contract/results.ts";
import { primaryOf } from "./primary.ts";
import { nameOf, type Situation } from "./situation.ts";

/** A guardrail, and what it says of one variant. */
export interface Guarded {
  readonly metric: MetricResult;
  readonly comparison: Comparison | undefined;
  readonly reading: Reading;
}

/** One variant against the control, with what the primary metric and each guardrail say of it. */
export interface Candidate {
  readonly key: string;
  /** In quotes. */
  readonly name: string;
  readonly primary: Comparison | undefined;
  readonly reading: Reading;
  readonly guardrails: readonly Guarded[];
}

const comparisonOf = (metric: MetricResult | undefined, key: string): Comparison | undefined =>
  metric?.comparisons.find((comparison) => comparison.key === key);

/** All variants that were compared with the control, in their order; one that is to get nobody has nothing to be compared. */
export const candidatesOf = (situation: Situation): Candidate[] => {
  const { variants, metrics } = situation;
  const metric = primaryOf(situation);
  const guardrails = metrics.filter(({ role }) => role === "guardrail");
  return variants
    .filter(
      ({ key, expected_share }) => expected_share > 0 && [metric, ...guardrails].some((its) => comparisonOf(its, key)),
    )
    .map(({ key }) => {
      const primary = comparisonOf(metric, key);
      return {
        key,
        name: nameOf(situation, key),
        primary,
        reading: primary?.reading ?? "undefined",
        guardrails: guardrails.map((guardrail) => {
          const comparison = comparisonOf(guardrail, key);
          return { metric: guardrail, comparison, reading: comparison?.reading ?? "undefined" };
        }),
      };
    });
};

/** Its primary metric is worse, or a guardrail beyond its limit. */
export const isHarmful = ({ reading, guardrails }: Candidate): boolean =>
  reading === "worse" || guardrails.some((guarded) => guarded.reading === "crossed_limit");

/** Its primary metric is better, and it does no harm. */
export const isWinner = (candidate: Candidate): boolean => candidate.reading === "better" && !isHarmful(candidate);

/** Harm beyond its limit is ruled out for every guardrail. */
export const isClean = ({ guardrails }: Candidate): boolean =>
  guardrails.every(({ reading }) => reading === "within_limit");

/** By how far the primary metric moved in the good direction, the furthest first. */
export const ranked = (candidates: readonly Candidate[], metric: MetricResult | undefined): Candidate[] => {
  const sign = metric?.direction === "decrease" ? -1 : 1;
  const good = ({ primary }: Candidate): number => sign * (primary?.difference ?? 0);
  return candidates.toSorted((a, b) => good(b) - good(a));
};
