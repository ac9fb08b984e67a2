import { mixtureVariance } from "./confidence-sequence.ts";
import { normalQuantile, normalSf, normalUpperQuantile } from "./distributions/normal.ts";
import { exitProbabilities } from "./exit-probabilities.ts";
import { driftFor } from "./group-sequential-power.ts";
import { mixtureSprt } from "./msprt.ts";
import { sumOf } from "./sum.ts";

/** What is known of a metric before the experiment. */
export interface Baseline {
  /** Of a rate the variance moves with it, to p(1−p) of the treatment's p; any other stays. */
  readonly kind: "rate" | "mean";
  /** The rate, the mean, or the ratio. */
  readonly mean: number;
  /** Per unit: p(1−p) of a rate, s² of a mean, n·Var(R) of a ratio of sums over n units. */
  readonly variance: number;
}

export const rateBaseline = (rate: number): Baseline => ({ kind: "rate", mean: rate, variance: rate * (1 - rate) });

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

const isRate = (rate: number): boolean => rate > 0 && rate < 1;

const problemOf = ({ kind, mean, variance }: Baseline, effect: number, { scale }: Design): Unplannable | undefined => {
  if (kind === "rate" && !(isRate(mean) && isRate(mean + effect))) return unplannable("rate_out_of_range");
  if (variance === 0) return unplannable("zero_variance");
  return scale === "relative" && mean === 0 ? unplannable("zero_baseline") : undefined;
};

/**
 * n·Var of an estimated effect δ, for n units of the control: constant + linear·δ + quadratic·δ². That of the treatment moves
 * with a rate; for a lift x that of the control counts (1 + x)², less what the covariate explains of it.
 */
const varianceOf = ({ kind, mean, variance }: Baseline, design: Design) => {
  const { allocationRatio = 1, varianceReduction = 0, scale = "absolute" } = design;
  const control = 1 - varianceReduction;
  const treatment = control / allocationRatio;
  const moving = kind === "rate" ? treatment : 0;
  const noise = scale === "relative" ? variance / mean : 0;
  return {
    constant: variance * (control + treatment),
    linear: moving * (1 - 2 * mean) + 2 * control * noise,
    quadratic: (noise === 0 ? 0 : noise / mean) - moving,
  };
};

/** How many standard errors away an effect is, with n units in the control. */
const driftOf = (n: number, effect: number, baseline: Baseline, design: Design): number => {
  const { constant, linear, quadratic } = varianceOf(baseline, design);
  return (Math.abs(effect) * Math.sqrt(n)) / Math.sqrt(constant + effect * (linear + effect * quadratic));
};

/** Half of the interval in standard errors: that of one look, or of a confidence sequence at n units in the control. */
const criticalOf = (n: number, level: number, { looks, allocationRatio = 1 }: Design): number => {
  if (looks?.kind !== "anytime") return normalUpperQuantile(level / 2);
  const mixture = mixtureVariance(1, n * (1 + allocationRatio), looks.tuningN, level);
  const sequence = mixtureSprt(0, 1, mixture, level);
  return sequence.kind === "estimated" ? sequence.halfWidth : Infinity;
};

const levelOf = ({ alpha, comparisons = 1 }: Design): number => alpha / comparisons;

const powerOfDrift = (drift: number, n: number, design: Design): number => {
  const { looks } = design;
  const level = levelOf(design);
  if (looks?.kind === "group_sequential") {
    const { fractions, bounds } = looks.plan(level);
    const { upper, lower } = exitProbabilities(fractions, bounds, drift);
    return sumOf([...upper, ...lower], (exit) => exit);
  }
  const critical = criticalOf(n, level, design);
  return normalSf(critical - drift) + normalSf(critical + drift);
};

/** The drift that gives the power that was asked for, of the right direction alone. */
const neededDrift = (n: number, design: Design): number => {
  const { looks, power } = design;
  const level = levelOf(design);
  if (looks?.kind === "group_sequential") {
    const { fractions, bounds } = looks.plan(level);
    return driftFor(fractions, bounds, power);
  }
  return criticalOf(n, level, design) + normalQuantile(power);
};

/**
 * The probability that an effect, treatment minus control, is found significant in either direction with `n` units in the
 * control. An effect of 0 is found with probability α.
 */
export const powerAt = (n: number, effect: number, baseline: Baseline, design: Design): number | Unplannable =>
  problemOf(baseline, effect, design) ?? powerOfDrift(driftOf(n, effect, baseline, design), n, design);

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
  const sign = direction === "increase" ? 1 : -1;
  const { constant, linear, quadratic } = varianceOf(baseline, design);
  const k = neededDrift(n, design) ** 2 / n;
  // δ² = k·(constant + linear·δ + quadratic·δ²), for the smaller δ of the right sign, without cancellation.
  const a = 1 - k * quadratic;
  const b = -sign * k * linear;
  const discriminant = b * b + 4 * a * k * constant;
  if (discriminant < 0 || (b <= 0 && a <= 0)) return unplannable("unbounded");
  const root = Math.sqrt(discriminant);
  const effect = sign * (b <= 0 ? (root - b) / (2 * a) : (2 * k * constant) / (root + b));
  return problemOf(baseline, effect, design) ?? effect;
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
  const unitDrift = driftOf(1, effect, baseline, design);
  const { looks, ...oneLook } = design;
  if (looks?.kind !== "anytime") return (neededDrift(1, design) / unitDrift) ** 2;
  // A sequence is wider than the interval of one look, so that it needs more.
  const falls = (n: number): boolean => powerOfDrift(unitDrift * Math.sqrt(n), n, design) < design.power;
  let low = (neededDrift(1, oneLook) / unitDrift) ** 2;
  let high = 2 * low;
  while (falls(high)) [low, high] = [high, 2 * high];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (falls(middle)) low = middle;
    else high = middle;
  }
  return high;
};
