import { sequenceCritical } from "./confidence-sequence.ts";
import { normalQuantile, normalSf, normalUpperQuantile } from "./distributions/normal.ts";
import { solveBySecant } from "./secant.ts";

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

const isRate = (rate: number): boolean => rate > 0 && rate < 1;

/** Whether the metric can have this effect, treatment minus control: rates are between 0 and 1. */
export const isPossible = ({ kind, mean }: Baseline, effect: number): boolean =>
  kind === "mean" || (isRate(mean) && isRate(mean + effect));

/** n·Var of an estimated effect δ, for n units of the control: constant + linear·δ + quadratic·δ². */
export type Spread = readonly [constant: number, linear: number, quadratic: number];

/**
 * That of a difference, with so many units of the treatment for one of the control, less the share of the variance that CUPED takes out. The
 * treatment's part moves with a rate.
 */
export const spreadOf = (
  { kind, mean, variance }: Baseline,
  allocationRatio: number,
  varianceReduction: number,
): Spread => {
  const control = 1 - varianceReduction;
  const treatment = control / allocationRatio;
  const moving = kind === "rate" ? treatment : 0;
  return [variance * (control + treatment), moving * (1 - 2 * mean), -moving];
};

/** The units of the control with which an effect is one standard error away from none. */
export const unitsPerError = ([constant, linear, quadratic]: Spread, effect: number): number =>
  (constant + effect * (linear + effect * quadratic)) / effect ** 2;

/** How an effect is looked for. */
export interface Search {
  /** Two-sided, of one comparison. */
  readonly level: number;
  /** 1 − β, above `level`. */
  readonly power: number;
  /** Of a confidence sequence, half of it in standard errors with n units in the control. Nothing said is one look at the end. */
  readonly sequence?: ((n: number) => number) | undefined;
}

/** A confidence sequence that is tuned to so many units of two variants, of which there are `perControl` for one of the control. */
export const sequenceAt =
  (level: number, tuningN: number, perControl: number) =>
  (n: number): number =>
    sequenceCritical(n * perControl, tuningN, level);

const criticalAt = (n: number, { level, sequence }: Search): number =>
  sequence ? sequence(n) : normalUpperQuantile(level / 2);

/** The probability that an effect so many standard errors away is found, in either direction. Of a sequence that of a single look, so a lower bound. */
export const powerAtDrift = (drift: number, n: number, search: Search): number => {
  const critical = criticalAt(n, search);
  return normalSf(critical - drift) + normalSf(critical + drift);
};

/** How many standard errors away an effect has to be, with n units in the control, to be found in its direction with the power asked for. */
export const neededDrift = (n: number, search: Search): number => criticalAt(n, search) + normalQuantile(search.power);

/** The units of the control that find what is one standard error away with `unit` of them: a real number. */
export const unitsToFind = (unit: number, search: Search): number => {
  const { sequence, ...once } = search;
  const drift = neededDrift(1, once);
  if (!sequence) return unit * drift ** 2;
  // A sequence is wider than the interval of one look, so that it needs more.
  const target = normalQuantile(search.power);
  const missAt = (wider: number): number => normalQuantile(powerAtDrift(wider, unit * wider ** 2, search)) - target;
  return unit * solveBySecant(missAt, drift, 1) ** 2;
};

/** The smallest effect of one sign that is `drift` standard errors away with n units in the control; NaN where none is. */
export const effectAt = (drift: number, n: number, [constant, linear, quadratic]: Spread, sign: number): number => {
  const k = drift ** 2 / n;
  // δ² = k·(constant + linear·δ + quadratic·δ²), for the smaller δ of the right sign, without cancellation.
  const a = 1 - k * quadratic;
  const b = -sign * k * linear;
  const discriminant = b * b + 4 * a * k * constant;
  if (discriminant < 0 || (b <= 0 && a <= 0)) return NaN;
  const root = Math.sqrt(discriminant);
  return sign * (b <= 0 ? (root - b) / (2 * a) : (2 * k * constant) / (root + b));
};
