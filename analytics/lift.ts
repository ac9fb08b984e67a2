import type { Estimate } from "./difference.ts";

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
