import { rateBaseline } from "./detection.ts";
import { normalQuantile, normalUpperQuantile } from "./distributions/normal.ts";
import { type Design, requiredUnits, type Unplannable } from "./power.ts";

/** Units of the control, as real numbers to be rounded up, by the test that will be used. */
export interface ProportionSampleSize {
  readonly kind: "planned";
  /** For the unpooled z-test, which the results are analysed by. */
  readonly unpooled: number;
  /** For the pooled z-test (Fleiss, Levin & Paik, 2003); that of R's power.prop.test. */
  readonly pooled: number;
  /** The pooled one for a test with continuity correction, or Fisher's exact test (Casagrande, Pike & Smith, 1978). */
  readonly continuityCorrected: number;
  /** By Cohen's h, the difference of arcsines (1988). */
  readonly arcsine: number;
}

/** The sample sizes to find a lift of a conversion rate, such as 0.05 for 5 % more, compared at one look. */
export const proportionSampleSize = (
  rate: number,
  lift: number,
  { alpha, power, allocationRatio: k = 1 }: Pick<Design, "alpha" | "power" | "allocationRatio">,
): ProportionSampleSize | Unplannable => {
  const unpooled = requiredUnits(rate * lift, rateBaseline(rate), { alpha, power, allocationRatio: k });
  if (typeof unpooled !== "number") return unpooled;
  const raised = rate * (1 + lift);
  const difference = Math.abs(rate * lift);
  const atRandom = normalUpperQuantile(alpha / 2);
  const found = normalQuantile(power);
  const together = (rate + k * raised) / (1 + k);
  const pooled =
    ((atRandom * Math.sqrt(together * (1 - together) * (1 + 1 / k)) +
      found * Math.sqrt(rate * (1 - rate) + (raised * (1 - raised)) / k)) /
      difference) **
    2;
  // 2·asin √raised − 2·asin √rate, without cancellation.
  const h = 2 * Math.asin(difference / (Math.sqrt(raised * (1 - rate)) + Math.sqrt(rate * (1 - raised))));
  return {
    kind: "planned",
    unpooled,
    pooled,
    continuityCorrected: (pooled / 4) * (1 + Math.sqrt(1 + (2 * (k + 1)) / (k * pooled * difference))) ** 2,
    arcsine: ((atRandom + found) / h) ** 2 * (1 + 1 / k),
  };
};
