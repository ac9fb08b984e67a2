import type { Estimate, Interval } from "./difference.ts";

/** `g` is (critical · standard error of the control's mean / control's mean)²: from 1 on the interval is unbounded. */
export type Fieller =
  | { readonly kind: "bounded"; readonly g: number; readonly interval: Interval }
  /** The control's mean cannot be told from 0, so that no bound can be put on the lift; `g` is Infinity where it is 0. */
  | { readonly kind: "unbounded"; readonly g: number }
  /** Neither mean varies. */
  | { readonly kind: "undefined"; readonly g: 0 };

/**
 * Fieller's interval of the lift, (treatment − control) / |control|, of independent means.
 *
 * With the critical value of a test of the difference it excludes 0 exactly when that test rejects.
 * Source: E. C. Fieller, "Some problems in interval estimation" (1954).
 */
export const fiellerLift = (control: Estimate, treatment: Estimate, critical: number): Fieller => {
  if (control.mean === 0) return { kind: "unbounded", g: Infinity };
  if (control.variance === 0 && treatment.variance === 0) return { kind: "undefined", g: 0 };
  // Squared last, so that tiny means and variances do not vanish before they are compared.
  const g = ((critical * Math.sqrt(control.variance)) / control.mean) ** 2;
  if (g >= 1) return { kind: "unbounded", g };
  const ratio = treatment.mean / control.mean;
  const half =
    (critical / Math.abs(control.mean)) * Math.sqrt(treatment.variance * (1 - g) + ratio * ratio * control.variance);
  // (ratio ∓ half)/(1 − g) − 1, written so that a ratio near 1 does not cancel.
  const centre = (treatment.mean - control.mean) / control.mean + g;
  const low = (centre - half) / (1 - g);
  const high = (centre + half) / (1 - g);
  return { kind: "bounded", g, interval: control.mean > 0 ? [low, high] : [-high, -low] };
};
