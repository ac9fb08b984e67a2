/**
 * Signs that units influence one another, or are not what they seem. That they do not (SUTVA, D. B. Rubin, 1980) cannot be tested
 * from one experiment's data; these are the places where it shows when it fails.
 */
import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { type Independence, testIndependence } from "./independence.ts";
import { waldTest } from "./wald-test.ts";
import { type Trend, weightedTrend } from "./weighted-trend.ts";

/** The share of exposed units that saw more than one variant, 0–1; undefined of no units. They are left out and counted. */
export const multiExposureShare = (multiplyExposed: number, exposed: number): number | undefined =>
  exposed === 0 ? undefined : multiplyExposed / exposed;

/**
 * Whether the control's mean moves with the share of units that are treated, as it does when treated units reach untreated ones.
 * `periods` are independent, one a step of the ramp; `treatmentShare` is 0–1.
 */
export const controlDrift = (
  periods: readonly { readonly treatmentShare: number; readonly control: Estimate }[],
  alpha: number,
): Trend | Undefined =>
  weightedTrend(
    periods
      .filter(({ control }) => control.variance > 0)
      .map(({ treatmentShare, control }) => ({ ...control, x: treatmentShare })),
    alpha,
  );

/** Whether bots are as many in every variant: a variant that draws or loses them does not measure people. */
export const compareBotShares = (
  variants: readonly { readonly units: number; readonly bots: number }[],
): { readonly shares: readonly (number | undefined)[]; readonly test: Independence | Undefined } => ({
  shares: variants.map(({ units, bots }) => (units === 0 ? undefined : bots / units)),
  test: testIndependence(variants.map(({ units, bots }) => [bots, units - bots])),
});

/**
 * The effect found by randomising clusters less the one found by randomising units, from independent experiments: it is 0 unless
 * units influence others of their cluster. Source: M. Saveski et al., "Detecting network effects" (2017).
 */
export const compareRandomisations = (
  byCluster: Estimate,
  byUnit: Estimate,
  alpha: number,
): DifferenceTest | Undefined =>
  waldTest(byCluster.mean - byUnit.mean, Math.sqrt(byCluster.variance + byUnit.variance), alpha);
