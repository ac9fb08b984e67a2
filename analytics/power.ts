import {
  type Baseline,
  effectAt,
  isPossible,
  neededDrift,
  powerAtDrift,
  type Search,
  sequenceAt,
  type Spread,
  spreadOf,
  unitsPerError,
  unitsToFind,
} from "./detection.ts";
import { exitProbabilities } from "./exit-probabilities.ts";
import { driftFor } from "./group-sequential-power.ts";
import { sumOf } from "./sum.ts";

/** How the data will be looked at. Nothing said is once, at the end. */
export type Looks =
  /** At information fractions up to 1 with bounds of |Z|, for a two-sided level. */
  | {
      readonly kind: "group_sequential";
      readonly plan: (alpha: number) => { readonly fractions: readonly number[]; readonly bounds: readonly number[] };
    }
  /**
   * Whenever one likes, by a confidence sequence tuned to that many units of two variants. Its power is that of a single look,
   * so a lower bound.
   */
  | { readonly kind: "anytime"; readonly tuningN: number };

export interface Design {
  /** Two-sided, of all comparisons together. */
  readonly alpha: number;
  /** 1 − β, above `alpha`. */
  readonly power: number;
  /** Units of a treatment for one of the control; 1 unless given. */
  readonly allocationRatio?: number;
  /** Comparisons that share `alpha` (Bonferroni); 1 unless given. */
  readonly comparisons?: number;
  /** ρ², the share of the variance that CUPED takes out; 0 unless given. */
  readonly varianceReduction?: number;
  readonly looks?: Looks;
  /** `relative` tests the lift, whose baseline is itself an estimate; the difference unless given. */
  readonly scale?: "absolute" | "relative";
}

/** Why a plan has no answer. */
export interface Unplannable {
  readonly kind: "undefined";
  readonly reason:
    | "zero_effect"
    | "zero_baseline"
    | "zero_variance"
    /** A rate, or what the effect makes of it, is not between 0 and 1. */
    | "rate_out_of_range"
    /** The baseline is too noisy for any lift to be told from it. */
    | "unbounded";
}

const unplannable = (reason: Unplannable["reason"]): Unplannable => ({ kind: "undefined", reason });

const problemOf = (baseline: Baseline, effect: number, { scale }: Design): Unplannable | undefined => {
  if (!isPossible(baseline, effect)) return unplannable("rate_out_of_range");
  if (baseline.variance === 0) return unplannable("zero_variance");
  return scale === "relative" && baseline.mean === 0 ? unplannable("zero_baseline") : undefined;
};

/** For a lift x the variance of the control counts (1 + x)², less what the covariate explains of it. */
const spreadIn = (baseline: Baseline, design: Design): Spread => {
  const { allocationRatio = 1, varianceReduction = 0, scale = "absolute" } = design;
  const spread = spreadOf(baseline, allocationRatio, varianceReduction);
  if (scale === "absolute") return spread;
  const [constant, linear, quadratic] = spread;
  const noise = baseline.variance / baseline.mean;
  return [constant, linear + 2 * (1 - varianceReduction) * noise, quadratic + noise / baseline.mean];
};

const searchIn = ({ alpha, power, allocationRatio = 1, comparisons = 1, looks }: Design): Search => {
  const level = alpha / comparisons;
  return {
    level,
    power,
    sequence: looks?.kind === "anytime" ? sequenceAt(level, looks.tuningN, 1 + allocationRatio) : undefined,
  };
};

/** The drift that a group-sequential design needs at its last look; undefined of the others. */
const groupSequentialDrift = ({ looks, power }: Design, { level }: Search): number | undefined => {
  if (looks?.kind !== "group_sequential") return undefined;
  const { fractions, bounds } = looks.plan(level);
  return driftFor(fractions, bounds, power);
};

/**
 * The probability that an effect, treatment minus control, is found significant in either direction with `n` units in the
 * control. An effect of 0 is found with probability α.
 */
export const powerAt = (n: number, effect: number, baseline: Baseline, design: Design): number | Unplannable => {
  const problem = problemOf(baseline, effect, design);
  if (problem) return problem;
  const { looks } = design;
  const search = searchIn(design);
  const drift = Math.sqrt(n / unitsPerError(spreadIn(baseline, design), effect));
  if (looks?.kind !== "group_sequential") return powerAtDrift(drift, n, search);
  const { fractions, bounds } = looks.plan(search.level);
  const { upper, lower } = exitProbabilities(fractions, bounds, drift);
  return sumOf([...upper, ...lower], (exit) => exit);
};

/**
 * The smallest effect in one direction that is found with the power asked for, treatment minus control (for a lift, divide by
 * the baseline), with `n` units in the control.
 */
export const minimumDetectableEffect = (
  n: number,
  baseline: Baseline,
  design: Design,
  direction: "increase" | "decrease" = "increase",
): number | Unplannable => {
  const problem = problemOf(baseline, 0, design);
  if (problem) return problem;
  const search = searchIn(design);
  const drift = groupSequentialDrift(design, search) ?? neededDrift(n, search);
  const effect = effectAt(drift, n, spreadIn(baseline, design), direction === "increase" ? 1 : -1);
  return Number.isNaN(effect) ? unplannable("unbounded") : (problemOf(baseline, effect, design) ?? effect);
};

/**
 * The units of the control that find an effect, treatment minus control, with the power asked for: a real number, to be
 * rounded up; the treatments need `allocationRatio` times as many each. With group-sequential looks it is the most that may
 * be needed.
 */
export const requiredUnits = (effect: number, baseline: Baseline, design: Design): number | Unplannable => {
  const problem = problemOf(baseline, effect, design);
  if (problem) return problem;
  if (effect === 0) return unplannable("zero_effect");
  const search = searchIn(design);
  const unit = unitsPerError(spreadIn(baseline, design), effect);
  const drift = groupSequentialDrift(design, search);
  return drift === undefined ? unitsToFind(unit, search) : unit * drift ** 2;
};
