import { type AdjustedLift, adjustedLift } from "./adjusted-lift.ts";
import type { DifferenceTest, Undefined } from "./difference.ts";
import { type JointSums, type PairedMoments, ratioMomentsOf, type Whole } from "./joint-moments.ts";
import { residualVariance } from "./residual-variance.ts";
import { waldTest } from "./wald-test.ts";

/** Below this, what the ratio was before explains nothing worth its noise. */
const SMALLEST_THETA = 1e-8;

export interface CupedRatio {
  readonly kind: "estimated";
  readonly theta: number;
  /** Σy / Σd of the variant, not adjusted. */
  readonly control: number;
  readonly treatment: number;
  /** Of the adjusted ratios: (after − θ·before) of the treatment less that of the control. */
  readonly difference: number;
  readonly test: DifferenceTest | Undefined;
  /** 1 − adjusted / plain variance of the difference; undefined where the ratios do not vary. */
  readonly varianceReduction: number | undefined;
  /** Over the control's ratio, not adjusted. */
  readonly lift: AdjustedLift | Undefined;
  /** The same comparison of the ratios before the first exposure: an A/A check that comes free. */
  readonly preExposure: DifferenceTest | Undefined;
}

/** θ of two variants: the covariances within them over the variances within them. 0 where it explains nothing worth its noise. */
export const ratioTheta = (control: PairedMoments, treatment: PairedMoments): number => {
  const slope = (control.yx + treatment.yx) / (control.xx + treatment.xx);
  // NaN where nothing varied before.
  return Math.abs(slope) >= SMALLEST_THETA ? slope : 0;
};

/**
 * CUPED for a ratio of sums over units, y / d, by the same ratio before the first exposure, x / e: the z-test of the
 * linearised ratios less θ times what they were.
 *
 * Source: Deng, Xu, Kohavi & Walker (2013), appendix B; θ pools the covariances within the variants, as GrowthBook does.
 * Needs some 100 units in both.
 */
export const cupedRatio = (
  controlSums: JointSums<Whole>,
  treatmentSums: JointSums<Whole>,
  alpha: number,
): CupedRatio | Undefined => {
  const control = ratioMomentsOf(controlSums);
  const treatment = ratioMomentsOf(treatmentSums);
  if (control.n === 0 || treatment.n === 0) return { kind: "undefined", reason: "no_data" };
  if (control.denominator === 0 || treatment.denominator === 0)
    return { kind: "undefined", reason: "zero_denominator" };
  if (control.n < 2 || treatment.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const theta = ratioTheta(control, treatment);
  const residual = ({ n, yy, yx, xx }: PairedMoments): number => residualVariance(yy, yx, xx, theta) / n;
  const variance = residual(control) + residual(treatment);
  const plain = control.yy / control.n + treatment.yy / treatment.n;
  const before = treatment.x - control.x;
  const difference = treatment.y - control.y - theta * before;
  const test = waldTest(difference, Math.sqrt(variance), alpha);
  // What the lift makes of the control's noise: that of the baseline and, on the other side, of its adjustment.
  const change = 1 + difference / control.y;
  const baselineVariance =
    residualVariance(change * change * control.yy, change * control.yx, control.xx, theta) / control.n;
  return {
    kind: "estimated",
    theta,
    control: control.y,
    treatment: treatment.y,
    difference,
    test,
    varianceReduction: plain > 0 ? 1 - variance / plain : undefined,
    lift: adjustedLift(test, control.y, (residual(treatment) + baselineVariance) / control.y ** 2),
    preExposure: waldTest(before, Math.sqrt(control.xx / control.n + treatment.xx / treatment.n), alpha),
  };
};
