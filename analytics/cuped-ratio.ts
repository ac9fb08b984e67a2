import { type AdjustedLift, adjustedLift } from "./adjusted-lift.ts";
import type { DifferenceTest, Undefined } from "./difference.ts";
import type { JointMoments, PairedMoments } from "./joint-moments.ts";
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

/**
 * A ratio of sums, y / d, as if it were a mean over units, with the same before, x / e: `y` and `x` are the ratios, and the (co)variances those of
 * their linearisations, y/d̄ − (ȳ/d̄²)·d. Without a denominator before, there is nothing to adjust by: what was before is 0.
 */
export const linearise = (m: JointMoments): PairedMoments => {
  const ratio = m.y / m.d;
  const ratioBefore = m.e === 0 ? 0 : m.x / m.e;
  const before = m.e === 0 ? 0 : 1 / m.e;
  // Of the residuals y − R·d, where few digits cancel.
  const yx = m.yx - ratioBefore * m.ye - ratio * (m.dx - ratioBefore * m.de);
  return {
    n: m.n,
    y: ratio,
    x: ratioBefore,
    yy: residualVariance(m.yy, m.yd, m.dd, ratio) / (m.d * m.d),
    yx: (yx / m.d) * before,
    xx: residualVariance(m.xx, m.xe, m.ee, ratioBefore) * before * before,
  };
};

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
  controlMoments: JointMoments,
  treatmentMoments: JointMoments,
  alpha: number,
): CupedRatio | Undefined => {
  if (controlMoments.n === 0 || treatmentMoments.n === 0) return { kind: "undefined", reason: "no_data" };
  if (controlMoments.d === 0 || treatmentMoments.d === 0) return { kind: "undefined", reason: "zero_denominator" };
  if (controlMoments.n < 2 || treatmentMoments.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const control = linearise(controlMoments);
  const treatment = linearise(treatmentMoments);
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
