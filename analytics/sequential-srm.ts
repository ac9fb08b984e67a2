import { deviance, stirlingError } from "./distributions/saddle-point.ts";
import { type Planned, SRM_ALPHA } from "./sample-ratio-mismatch.ts";
import { sumOf } from "./sum.ts";

/** How strongly the alternative keeps to the planned split: 100 to 10,000 are sensible. */
const CONCENTRATION = 1000;

/**
 * ln of the Bayes factor of any other split, Dirichlet around the planned one, against the planned split itself; of all counts so far. A
 * martingale while the split is as planned. Variants of weight 0 are left out.
 *
 * With α the Dirichlet's parameters (`concentration` × share) and y = α + units: lnΓ(Σα) − lnΓ(Σy) + Σ[lnΓ(yᵢ) − lnΓ(αᵢ)] − Σ unitsᵢ ln shareᵢ.
 * It is summed as Stirling's formula leaves it, as deviances of y from the plan and small corrections, so that nothing of the size of the
 * counts has to cancel.
 *
 * Source: Lindon & Malek, "Anytime-valid inference for multinomial count data" (NeurIPS 2022).
 */
export const splitLnBayesFactor = (variants: readonly Planned[], concentration = CONCENTRATION): number => {
  const planned = variants.filter(({ weight }) => weight > 0);
  const weights = sumOf(planned, ({ weight }) => weight);
  const total = planned.reduce((sum, { units }) => sum + units, concentration);
  return planned.reduce(
    (sum, { units, weight }) => {
      const share = weight / weights;
      const prior = concentration * share;
      const posterior = prior + units;
      return (
        sum +
        deviance(posterior, total * share) -
        Math.log(posterior / prior) / 2 +
        (stirlingError(posterior) - stirlingError(prior))
      );
    },
    Math.log(total / concentration) / 2 + (stirlingError(concentration) - stirlingError(total)),
  );
};

export interface SequentialSampleRatio {
  readonly lnBayesFactor: number;
  /** The smallest of 1/Bayes factor at all looks so far, at most 1: valid however often one looks. */
  readonly pValue: number;
  readonly lnPValue: number;
  /** p < {@link SRM_ALPHA}. */
  readonly flagged: boolean;
}

/**
 * The sequential test of a split at a look. `periods` are the stretches with unchanged weights, each with its own units so far: the factors of
 * independent stretches multiply. `lnPValueBefore` is that of the look before.
 */
export const sequentialSampleRatio = (
  periods: readonly (readonly Planned[])[],
  lnPValueBefore = 0,
  concentration = CONCENTRATION,
): SequentialSampleRatio => {
  const lnBayesFactor = sumOf(periods, (variants) => splitLnBayesFactor(variants, concentration));
  const lnPValue = Math.min(lnPValueBefore, -lnBayesFactor);
  const pValue = Math.exp(lnPValue);
  return { lnBayesFactor, pValue, lnPValue, flagged: pValue < SRM_ALPHA };
};
