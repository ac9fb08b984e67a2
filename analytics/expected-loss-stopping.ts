/** Whether a Bayesian experiment has seen enough. */
export type StoppingDecision =
  | { readonly kind: "continue"; readonly reason: "too_few_units" | "loss_above_threshold" }
  /** `choose` is the place of the variant in the lists that were given. */
  | { readonly kind: "stop"; readonly choose: number; readonly expectedLoss: number };

export interface StoppingPlan {
  /** The loss that is not worth more units: same unit as the losses, above 0. */
  readonly threshold: number;
  /** Units that each variant needs before a posterior is trusted. */
  readonly minimumUnits: number;
}

/**
 * Stops once some variant can be chosen at an expected loss below the threshold, and chooses the one with the least; of
 * equals the first, so that the control, named first, is kept. A rule for deciding at a bounded expected cost whenever
 * one looks; not a bound on false positives.
 */
export const shouldStop = (
  expectedLosses: readonly number[],
  units: readonly number[],
  { threshold, minimumUnits }: StoppingPlan,
): StoppingDecision => {
  if (units.some((n) => n < minimumUnits)) return { kind: "continue", reason: "too_few_units" };
  const expectedLoss = Math.min(...expectedLosses);
  return expectedLoss < threshold
    ? { kind: "stop", choose: expectedLosses.indexOf(expectedLoss), expectedLoss }
    : { kind: "continue", reason: "loss_above_threshold" };
};
