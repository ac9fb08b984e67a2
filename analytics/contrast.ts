import type { UndefinedReason } from "../contract/estimate.ts";
import { ratioTheta } from "./cuped-ratio.ts";
import type { Measured } from "./measure.ts";
import { residualVariance } from "./residual-variance.ts";
import { thetaOf } from "./theta.ts";
import { welchDegreesOfFreedom } from "./welch.ts";

/**
 * A variant less the control, and the control, before any method says what is clear: an estimated difference and the baseline that
 * it is a lift of, with how both vary. Whatever is said of the difference and of the lift comes from here.
 */
export interface Contrast {
  /** The variant's. */
  readonly key: string;
  readonly difference: number | null;
  /** The control's value, without any adjustment. */
  readonly baseline: number | null;
  /** Why there is no variance; then they are 0. */
  readonly reason: UndefinedReason | null;
  /** Of the difference; its square root is the standard error. */
  readonly variance: number;
  readonly baselineVariance: number;
  /** Of the difference with the baseline: −1 times the baseline's variance where the two variants are independent. */
  readonly covariance: number;
  /** Of Student's t; null for the normal distribution. */
  readonly degreesOfFreedom: number | null;
  /** Of both variants together; in a switchback test its windows, on either side. */
  readonly units: number;
}

/** Student's t is of Welch's degrees of freedom, and in a test of clusters of all of them less 2. */
const degreesOf = (control: Measured, treatment: Measured): number | null => {
  const [before, after] = [control.observations, treatment.observations];
  if (before === null || after === null) return null;
  if (control.structure === "shared") return before - 1;
  return control.structure === "clusters"
    ? before + after - 2
    : welchDegreesOfFreedom({ n: before, variance: control.variance }, { n: after, variance: treatment.variance });
};

/** How many of a variant's are compared: its units, or the windows that they were averaged in. */
const comparedIn = ({ structure, units, observations }: Measured): number =>
  structure === "windows" ? (observations ?? 0) : units;

/** The plain one, as the variants are. */
export const contrastOf = (control: Measured, treatment: Measured): Contrast => {
  // What one of two shared rankings wins the other loses, so the difference is twice as far from none as either.
  const isShared = control.structure === "shared";
  const variance = isShared ? 4 * control.variance : control.variance + treatment.variance;
  const reason =
    treatment.reason === "no_data"
      ? "no_data"
      : (control.reason ?? treatment.reason ?? (variance > 0 ? null : "zero_variance"));
  const none = reason !== null;
  const own = none ? 0 : control.variance;
  return {
    key: treatment.key,
    difference: control.mean === null || treatment.mean === null ? null : treatment.mean - control.mean,
    baseline: control.mean,
    reason,
    variance: none ? 0 : variance,
    baselineVariance: own,
    covariance: isShared ? -2 * own : -own,
    degreesOfFreedom: none ? null : degreesOf(control, treatment),
    units: isShared ? control.n : comparedIn(control) + comparedIn(treatment),
  };
};

/** One with what the units' past explains taken off: θ times it. */
export interface AdjustedContrast extends Contrast {
  readonly theta: number;
}

/**
 * The same less what the units' past explains of it (CUPED, see `cuped.ts` and `cuped-ratio.ts`), over the same baseline. Null where that
 * says nothing: no past, one that does not vary or explains nothing, or too few units.
 */
export const adjustedContrastOf = (control: Measured, treatment: Measured): AdjustedContrast | null => {
  const [before, after] = [control.covariates, treatment.covariates];
  if (!before || !after || !(control.variance + treatment.variance > 0)) return null;
  const isMean = control.denominator === null;
  const theta = isMean ? thetaOf(before, after) : ratioTheta(before, after);
  const ofControl = residualVariance(before.yy, before.yx, before.xx, theta) / before.n;
  const ofTreatment = residualVariance(after.yy, after.yx, after.xx, theta) / after.n;
  const variance = ofControl + ofTreatment;
  if (theta === 0 || !(variance > 0)) return null;
  return {
    key: treatment.key,
    difference: after.y - before.y - theta * (after.x - before.x),
    baseline: control.mean,
    reason: null,
    variance,
    baselineVariance: before.yy / before.n,
    covariance: (theta * before.yx - before.yy) / before.n,
    degreesOfFreedom: isMean
      ? welchDegreesOfFreedom({ n: before.n, variance: ofControl }, { n: after.n, variance: ofTreatment })
      : null,
    units: control.units + treatment.units,
    theta,
  };
};
