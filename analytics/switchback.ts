import type { DifferenceTest, Undefined } from "./difference.ts";
import { neweyWestVariance } from "./newey-west.ts";
import { sampleOf } from "./sample-of.ts";
import { waldTest } from "./wald-test.ts";
import { compareMeans } from "./welch.ts";

/** Fewer blocks than this are too few to believe either test. */
export const FEWEST_BLOCKS = 20;

/** What was measured in one window, its burn-in left out. */
export interface Block {
  /** The window's index. Several blocks of one window, of other clusters, are correlated as those of neighbouring windows are. */
  readonly period: number;
  readonly treated: boolean;
  /** The mean or the ratio over the window. */
  readonly value: number;
}

export interface BlockComparison {
  readonly kind: "estimated";
  readonly difference: number;
  /** Welch's test of the blocks' values as if they were independent. */
  readonly welch: ReturnType<typeof compareMeans>;
  /**
   * Least squares on treatment with Newey and West's standard error, which lets neighbouring periods be correlated, times √(n/(n − 2)) for n
   * periods; t with n − 2.
   */
  readonly autocorrelated: DifferenceTest | Undefined;
  readonly enoughBlocks: boolean;
}

/** A switchback test: treatment's mean over blocks less control's. `lag` is in periods; `defaultLag` of their number unless known better. */
export const compareBlocks = (blocks: readonly Block[], lag: number, alpha: number): BlockComparison | Undefined => {
  // From the first value on, so that a small difference of large values keeps its digits.
  const origin = blocks[0]?.value ?? 0;
  const side = (treated: boolean) =>
    sampleOf(blocks.filter((block) => block.treated === treated).map(({ value }) => value - origin));
  const control = side(false);
  const treatment = side(true);
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  if (control.n < 2 || treatment.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  // What each block adds to the difference: least squares on one indicator is the difference of two means.
  const influences = blocks.map(({ period, treated, value }) => ({
    period,
    value: treated ? (value - origin - treatment.mean) / treatment.n : (control.mean - (value - origin)) / control.n,
  }));
  const difference = treatment.mean - control.mean;
  const periods = new Set(blocks.map(({ period }) => period)).size;
  const variance = (neweyWestVariance(influences, lag) * periods) / (periods - 2);
  return {
    kind: "estimated",
    difference,
    welch: compareMeans(control, treatment, alpha),
    autocorrelated:
      periods > 2
        ? waldTest(difference, Math.sqrt(variance), alpha, periods - 2)
        : { kind: "undefined", reason: "too_few_observations" },
    enoughBlocks: blocks.length >= FEWEST_BLOCKS,
  };
};
