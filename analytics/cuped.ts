import { type AdjustedLift, adjustedLift } from "./adjusted-lift.ts";
import type { Undefined } from "./difference.ts";
import type { PairedMoments } from "./joint-moments.ts";
import { residualVariance } from "./residual-variance.ts";
import { thetaOf } from "./theta.ts";
import { compareMeans, meanOf, type Sample } from "./welch.ts";

type WelchTest = ReturnType<typeof compareMeans>;

export interface Adjusted {
  /** How much of the covariate is taken off; 0 is the plain test. */
  readonly theta: number;
  /** Of Y − θ(X − the mean of X over both variants). */
  readonly control: Sample;
  readonly treatment: Sample;
}

export interface Cuped extends Adjusted {
  readonly test: WelchTest;
  /**
   * 1 − adjusted / plain variance of the difference: about ρ², at most 1, below 0 where the variants' regressions are too
   * different for one θ. Undefined where Y does not vary.
   */
  readonly varianceReduction: number | undefined;
  /** Over the control's mean of Y, not adjusted. */
  readonly lift: AdjustedLift | Undefined;
  /** The same comparison of X, which nothing can have changed yet: an A/A check that comes free. */
  readonly preExposure: WelchTest;
}

/** Both variants less what the covariate explains, with the θ of this pair. */
export const adjustedByCovariate = (control: PairedMoments, treatment: PairedMoments): Adjusted => {
  const theta = thetaOf(control, treatment);
  const units = Math.max(1, control.n + treatment.n);
  const explained = theta * (treatment.x - control.x);
  const adjusted = ({ n, y, yy, yx, xx }: PairedMoments, shift: number): Sample => ({
    n,
    mean: y + shift,
    variance: residualVariance(yy, yx, xx, theta),
  });
  return {
    theta,
    control: adjusted(control, explained * (treatment.n / units)),
    treatment: adjusted(treatment, -explained * (control.n / units)),
  };
};

/**
 * Welch's test of the means of Y less what X, measured before the first exposure, explains of them. Never give it an X
 * that the experiment could have changed. θ is that of this pair of variants.
 *
 * Source: Deng, Xu, Kohavi & Walker (2013). The variance of the lift is the one that GrowthBook documents: its baseline is
 * not adjusted, and covaries with the difference.
 */
export const cuped = (control: PairedMoments, treatment: PairedMoments, alpha: number): Cuped => {
  const { theta, control: before, treatment: after } = adjustedByCovariate(control, treatment);
  const test = compareMeans(before, after, alpha);
  const plain = control.yy / control.n + treatment.yy / treatment.n;
  const ratio = treatment.y / control.y;
  const baselineVariance = residualVariance(ratio * ratio * control.yy, ratio * control.yx, control.xx, theta);
  const liftVariance = (meanOf(after).variance + baselineVariance / control.n) / (control.y * control.y);
  return {
    theta,
    control: before,
    treatment: after,
    test,
    varianceReduction: plain > 0 ? 1 - (meanOf(before).variance + meanOf(after).variance) / plain : undefined,
    lift: adjustedLift(test, control.y, liftVariance),
    preExposure: compareMeans(
      { n: control.n, mean: control.x, variance: control.xx },
      { n: treatment.n, mean: treatment.x, variance: treatment.xx },
      alpha,
    ),
  };
};
