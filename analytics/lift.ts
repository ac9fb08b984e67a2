import type { Estimate, Interval, Undefined } from "./difference.ts";
import { type Fieller, fiellerLift } from "./fieller.ts";

/** (treatment − control) / |control| as a fraction, or undefined where the control's mean is 0. */
export const liftOf = (control: number, treatment: number): number | undefined =>
  control === 0 ? undefined : (treatment - control) / Math.abs(control);

/**
 * The standard error of the lift by the delta method, or undefined where the control's mean is 0. Its interval is
 * symmetric and can disagree with the test of the difference when the control's mean is noisy; Fieller's cannot.
 */
export const liftStandardError = (control: Estimate, treatment: Estimate): number | undefined =>
  control.mean === 0
    ? undefined
    : Math.sqrt(treatment.variance + control.variance * (treatment.mean / control.mean) ** 2) / Math.abs(control.mean);

/** From here on the control's mean is too noisy for the delta method: its standard error is a 20th of it at 95 %. */
const FIELLER_FROM = 0.01;

/** A lift with both of its intervals. */
export interface LiftEstimate {
  readonly kind: "estimated";
  /** A fraction: 0.05 is 5 % more. */
  readonly lift: number;
  /** By the delta method. */
  readonly standardError: number;
  /** lift ± critical · standardError; undefined where that is 0, as it is for a treatment without a single event. */
  readonly deltaInterval: Interval | undefined;
  readonly fieller: Fieller;
  /** Whose interval to show: Fieller's where its `g` is above 0.01. */
  readonly preferred: "delta" | "fieller";
  /** The preferred one; undefined where that is unbounded or has no width. */
  readonly interval: Interval | undefined;
}

/** The lift of independent estimates; `critical` should be that of the test of the difference (normal or Student's t). */
export const estimateLift = (control: Estimate, treatment: Estimate, critical: number): LiftEstimate | Undefined => {
  const lift = liftOf(control.mean, treatment.mean);
  const standardError = liftStandardError(control, treatment);
  if (lift === undefined || standardError === undefined) return { kind: "undefined", reason: "zero_baseline" };
  const fieller = fiellerLift(control, treatment, critical);
  if (fieller.kind === "undefined") return { kind: "undefined", reason: "zero_variance" };
  const half = critical * standardError;
  const deltaInterval = half > 0 ? ([lift - half, lift + half] as const) : undefined;
  const preferred = fieller.g > FIELLER_FROM ? "fieller" : "delta";
  const bounded = fieller.kind === "bounded" ? fieller.interval : undefined;
  return {
    kind: "estimated",
    lift,
    standardError,
    deltaInterval,
    fieller,
    preferred,
    interval: preferred === "fieller" && deltaInterval ? bounded : deltaInterval,
  };
};
