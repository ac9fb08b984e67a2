import {
  type BetaBelief,
  betaPeak,
  betaPosterior,
  lnExceedance,
  lnExceedanceBy,
  type Margin,
} from "./beta-posterior.ts";
import type { Interval } from "./difference.ts";
import { betaQuantile, betaUpperQuantile } from "./distributions/beta.ts";
import { solveTail, type Tail } from "./distributions/invert.ts";
import { ln1mExp, tailsOfLower, tailsOfUpper } from "./distributions/ln-tails.ts";
import { normalQuantile } from "./distributions/normal.ts";
import { lnBetaFactor } from "./distributions/saddle-point.ts";
import type { Proportion } from "./two-proportions.ts";

/** What is believed of one variant's rate. */
export interface RatePosterior {
  readonly posterior: BetaBelief;
  readonly mean: number;
  readonly credibleInterval: Interval;
}

/** What is believed of two rates once data is in. Intervals are equal-tailed, at 1 − alpha. "Better" is higher, or lower where lower is better. */
export interface BetaBinomial {
  readonly control: RatePosterior;
  readonly treatment: RatePosterior;
  readonly probabilityTreatmentBetter: number;
  readonly probabilityControlBetter: number;
  readonly lnProbabilityControlBetter: number;
  /** What choosing a variant is expected to cost, as a difference of rates, against choosing the better one. */
  readonly expectedLossChoosingTreatment: number;
  readonly expectedLossChoosingControl: number;
  /** Of treatment − control. */
  readonly differenceInterval: Interval;
  /** Of treatment / control − 1, which has no mean while the control's a is at most 1, but always a median. */
  readonly liftInterval: Interval;
  readonly medianLift: number;
  /** P(|treatment − control| < rope): the rates are practically equal. */
  readonly probabilityInRope: number;
  /** ln of the Bayes factor of two rates against one common rate, all with the same prior. */
  readonly lnBayesFactor: number;
}

export interface BetaBinomialOptions {
  readonly prior: BetaBelief;
  readonly alpha: number;
  /** Half the width of the region of practical equivalence around a difference of 0. */
  readonly rope: number;
  readonly lowerIsBetter?: boolean;
}

const rateOf = (posterior: BetaBelief, alpha: number): RatePosterior => {
  const { a, b } = posterior;
  return {
    posterior,
    mean: betaPeak(posterior).mean,
    credibleInterval: [betaQuantile(alpha / 2, a, b), betaUpperQuantile(alpha / 2, a, b)],
  };
};

/** ln P(treatment higher), ln P(control higher), E[(T − C)⁺] and E[(C − T)⁺]: the smaller of each pair by quadrature. */
const compare = (control: BetaBelief, treatment: BetaBelief) => {
  const gain = (treatment.a / (treatment.a + treatment.b)) * (control.b / (control.a + control.b));
  const loss = (control.a / (control.a + control.b)) * (treatment.b / (treatment.a + treatment.b));
  // The difference of the means, without cancellation in counts.
  const difference = gain - loss;
  const [lower, higher] = difference < 0 ? [treatment, control] : [control, treatment];
  const { lnProbability, lnExpectedExcess } = lnExceedance(lower, higher);
  const small = Math.exp(lnExpectedExcess);
  const large = small + Math.abs(difference);
  const tails = tailsOfLower(lnProbability);
  return difference < 0
    ? { lnTreatment: tails.lnLower, lnControl: tails.lnUpper, gain: small, loss: large, difference }
    : { lnTreatment: tails.lnUpper, lnControl: tails.lnLower, gain: large, loss: small, difference };
};

/** A slope of e^−700 is about the least that a double can hold. */
const FLAT = 700;

/** Where treatment − control ("shift") or ln(treatment / control) ("lnFactor") has this tail, from where it is expected and how far it spreads. */
const quantile = (
  control: BetaBelief,
  treatment: BetaBelief,
  along: keyof Margin,
  tail: Tail,
  expected: number,
  spread: number,
): number => {
  const most = along === "shift" ? 1 : Infinity;
  const [side, lnTail] = tail;
  const at = (z: number) => {
    const margin = expected + spread * z;
    if (margin <= -most) return { tails: { lnLower: -Infinity, lnUpper: 0 }, lnDensity: 0 };
    if (margin >= most) return { tails: { lnLower: 0, lnUpper: -Infinity }, lnDensity: 0 };
    const size = { shift: 0, lnFactor: 0, [along]: Math.abs(margin) };
    const above = margin >= 0;
    const { lnProbability, lnRate } = above
      ? lnExceedanceBy(treatment, control, size, along)
      : lnExceedanceBy(control, treatment, size, along);
    const tails = above ? tailsOfUpper(lnProbability) : tailsOfLower(lnProbability);
    // Where it is flat the slope still has a sign, which tells on which side the root is.
    const flat = tails[side] === -Infinity ? 0 : tails[side] - FLAT;
    return { tails, lnDensity: Math.max(lnRate + Math.log(spread), flat) };
  };
  const z = normalQuantile(Math.exp(lnTail));
  return expected + spread * solveTail(tail, at, side === "lnLower" ? z : -z);
};

/** P(|treatment − control| < rope). */
const withinRope = (control: BetaBelief, treatment: BetaBelief, rope: number): number => {
  if (rope >= 1) return 1;
  if (!(rope > 0)) return 0;
  const margin = { shift: rope, lnFactor: 0 };
  const [higher, lower] = [
    lnExceedanceBy(treatment, control, margin, "shift"),
    lnExceedanceBy(control, treatment, margin, "shift"),
  ]
    .map(({ lnProbability }) => lnProbability)
    .toSorted((one, other) => other - one);
  // What is left of the likelier side, and the other off that: rounding may leave less than nothing.
  return Math.max(0, Math.exp(ln1mExp(Math.min(0, higher!))) - Math.exp(lower!));
};

/**
 * Two conversion rates under independent beta priors, by deterministic quadrature: the same data gives the same digits.
 * A variant without units has its prior as posterior. Works for billions of units.
 *
 * It holds whenever it is looked at, but it controls no error rate.
 */
export const betaBinomial = (
  control: Proportion,
  treatment: Proportion,
  { prior, alpha, rope, lowerIsBetter = false }: BetaBinomialOptions,
): BetaBinomial => {
  const before = betaPosterior(control, prior);
  const after = betaPosterior(treatment, prior);
  const together = { a: before.a + after.a - prior.a, b: before.b + after.b - prior.b };
  const { lnTreatment, lnControl, gain, loss, difference } = compare(before, after);
  const [peakBefore, peakAfter] = [betaPeak(before), betaPeak(after)];
  const differenceAt = (tail: Tail): number =>
    quantile(before, after, "shift", tail, difference, Math.hypot(peakBefore.sd, peakAfter.sd));
  const liftAt = (tail: Tail): number =>
    Math.expm1(
      quantile(
        before,
        after,
        "lnFactor",
        tail,
        Math.log1p(difference / peakBefore.mean),
        Math.hypot(peakBefore.sd / peakBefore.mean, peakAfter.sd / peakAfter.mean),
      ),
    );
  const lnSide = Math.log(alpha / 2);
  // x^a·y^b / B(a, b) at one place for all four: x and y cancel, and so does what is large in ln B.
  const [x, y] = [together.a / (together.a + together.b), together.b / (together.a + together.b)];
  const lnFactorOf = ({ a, b }: BetaBelief): number => lnBetaFactor(a, b, x, y);
  const lnProbabilityControlBetter = lowerIsBetter ? lnTreatment : lnControl;
  return {
    control: rateOf(before, alpha),
    treatment: rateOf(after, alpha),
    probabilityTreatmentBetter: Math.exp(lowerIsBetter ? lnControl : lnTreatment),
    probabilityControlBetter: Math.exp(lnProbabilityControlBetter),
    lnProbabilityControlBetter,
    expectedLossChoosingTreatment: lowerIsBetter ? gain : loss,
    expectedLossChoosingControl: lowerIsBetter ? loss : gain,
    differenceInterval: [differenceAt(["lnLower", lnSide]), differenceAt(["lnUpper", lnSide])],
    liftInterval: [liftAt(["lnLower", lnSide]), liftAt(["lnUpper", lnSide])],
    medianLift: liftAt(["lnLower", -Math.LN2]),
    probabilityInRope: withinRope(before, after, rope),
    lnBayesFactor: lnFactorOf(prior) + lnFactorOf(together) - lnFactorOf(before) - lnFactorOf(after),
  };
};
