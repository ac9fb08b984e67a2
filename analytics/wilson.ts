import type { Interval } from "./difference.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import { type Proportion, rateOf } from "./two-proportions.ts";

/**
 * Wilson's score interval of one rate; inside [0, 1] and usable at 0 conversions. `n` must be positive.
 * Source: E. B. Wilson (1927).
 */
export const wilsonInterval = (proportion: Proportion, alpha: number): Interval => {
  const { n } = proportion;
  const { mean: rate, variance } = rateOf(proportion);
  const z = normalUpperQuantile(alpha / 2);
  const shrink = 1 + (z * z) / n;
  const centre = (rate + (z * z) / (2 * n)) / shrink;
  const high = Math.min(1, centre + (z / shrink) * Math.sqrt(variance + (z * z) / (4 * n * n)));
  // The bounds are the roots of a quadratic; their product, unlike their difference, does not cancel near 0.
  return [rate === 0 ? 0 : (rate * rate) / (shrink * high), proportion.conversions === n ? 1 : high];
};

/**
 * Newcombe's interval of the difference of two rates from their Wilson intervals: for counts below 10, and defined
 * even where both rates are 0 or 1. Source: R. G. Newcombe (1998), method 10.
 */
export const newcombeInterval = (control: Proportion, treatment: Proportion, alpha: number): Interval => {
  const before = rateOf(control).mean;
  const after = rateOf(treatment).mean;
  const [beforeLow, beforeHigh] = wilsonInterval(control, alpha);
  const [afterLow, afterHigh] = wilsonInterval(treatment, alpha);
  const difference = after - before;
  return [
    difference - Math.hypot(after - afterLow, beforeHigh - before),
    difference + Math.hypot(afterHigh - after, before - beforeLow),
  ];
};
