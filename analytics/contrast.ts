import type { UndefinedReason } from "../contract/results.ts";
import { linearise, ratioTheta } from "./cuped-ratio.ts";
import { adjustedByCovariate } from "./cuped.ts";
import type { JointMoments } from "./joint-moments.ts";
import type { Measured } from "./measure.ts";
import { residualVariance } from "./residual-variance.ts";
import { welchDegreesOfFreedom } from "./welch.ts";

/**
 * A variant less the control, and the control, before any method says what is clear: an estimated difference and the baseline that
 * it is a lift of, with how both vary. Whatever is said of the difference and of the lift comes from here.
 */
export interface Contrast {
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
  /** Of both variants together. */
  readonly units: number;
}

const differenceOf = ({ mean: before }: Measured, { mean: after }: Measured): number | null =>
  before === null || after === null ? null : after - before;

const reasonOf = (control: Measured, treatment: Measured, variance: number): UndefinedReason | null => {
  const reasons = [control.reason, treatment.reason];
  if (reasons.includes("no_data")) return "no_data";
  return control.reason ?? treatment.reason ?? (variance > 0 ? null : "zero_variance");
};

/** Student's t is of Welch's degrees of freedom, and in a test of clusters of all of them less 2. */
const degreesOf = (control: Measured, treatment: Measured): number | null => {
  const [before, after] = [control.observations, treatment.observations];
  if (before === null || after === null) return null;
  if (control.structure === "shared") return before - 1;
  return control.structure === "clusters"
    ? before + after - 2
    : welchDegreesOfFreedom({ n: before, variance: control.variance }, { n: after, variance: treatment.variance });
};

/** The plain one, as the variants are. */
export const contrastOf = (control: Measured, treatment: Measured): Contrast => {
  // What one of two shared rankings wins the other loses, so the difference is twice as far from none as either.
  const isShared = control.structure === "shared";
  const variance = isShared ? 4 * control.variance : control.variance + treatment.variance;
  const reason = reasonOf(control, treatment, variance);
  const none = reason !== null;
  return {
    difference: differenceOf(control, treatment),
    baseline: control.mean,
    reason,
    variance: none ? 0 : variance,
    baselineVariance: none ? 0 : control.variance,
    covariance: none ? 0 : isShared ? -2 * control.variance : -control.variance,
    degreesOfFreedom: none ? null : degreesOf(control, treatment),
    units: isShared ? control.n : control.units + treatment.units,
  };
};

export interface AdjustedContrast {
  readonly theta: number;
  readonly contrast: Contrast;
}

type Parts = Pick<Contrast, "difference" | "variance" | "baselineVariance" | "covariance" | "degreesOfFreedom"> & {
  readonly theta: number;
};

const adjustedMeans = (control: JointMoments, treatment: JointMoments): Parts => {
  const { theta, control: before, treatment: after } = adjustedByCovariate(control, treatment);
  const [beforeVariance, afterVariance] = [before.variance / before.n, after.variance / after.n];
  return {
    theta,
    difference: after.mean - before.mean,
    variance: beforeVariance + afterVariance,
    baselineVariance: control.yy / control.n,
    covariance: -(control.yy - theta * control.yx) / control.n,
    degreesOfFreedom: welchDegreesOfFreedom(
      { n: control.n, variance: beforeVariance },
      { n: treatment.n, variance: afterVariance },
    ),
  };
};

const adjustedRatios = (controlMoments: JointMoments, treatmentMoments: JointMoments): Parts => {
  const [control, treatment] = [linearise(controlMoments), linearise(treatmentMoments)];
  const theta = ratioTheta(control, treatment);
  const residual = ({ n, yy, yx, xx }: typeof control): number => residualVariance(yy, yx, xx, theta) / n;
  return {
    theta,
    difference: treatment.ratio - control.ratio - theta * (treatment.ratioBefore - control.ratioBefore),
    variance: residual(control) + residual(treatment),
    baselineVariance: control.yy / control.n,
    covariance: -(control.yy - theta * control.yx) / control.n,
    degreesOfFreedom: null,
  };
};

/**
 * The same less what the units' past explains of it (CUPED, see `cuped.ts` and `cuped-ratio.ts`), over the same baseline. Null where that
 * says nothing: no past, one that does not vary or explains nothing, or too few units.
 */
export const adjustedContrastOf = (control: Measured, treatment: Measured): AdjustedContrast | null => {
  const plain = contrastOf(control, treatment);
  const [before, after] = [control.covariates, treatment.covariates];
  if (plain.reason !== null || !before || !after || before.moments.n < 2 || after.moments.n < 2) return null;
  const adjust = before.of === "mean" ? adjustedMeans : adjustedRatios;
  const { theta, ...parts } = adjust(before.moments, after.moments);
  if (theta === 0 || !(parts.variance > 0)) return null;
  return { theta, contrast: { ...plain, ...parts } };
};
