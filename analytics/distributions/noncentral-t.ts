import { normalSf } from "./normal.ts";
import { lnGammaFactor } from "./saddle-point.ts";

/** Where the density of the scale is below e^−50 of its peak. */
const DEPTH = 50;

/**
 * P(|T| > t) for Student's t with a noncentrality: the power of a t-test with critical value `t` > 0.
 *
 * The mean over s = √(χ²/ν) of the two normal tails beyond t·s, by the trapezoid rule in ln s, which converges faster than
 * any power of the step for so smooth a function.
 */
export const noncentralTTwoSidedSf = (t: number, degreesOfFreedom: number, noncentrality: number): number => {
  // Before the steps are counted, of which an infinite noncentrality would need as many.
  if (t === Infinity) return 0;
  const a = degreesOfFreedom / 2;
  const shift = Math.abs(noncentrality);
  // The log density of v = ln s is a(2v + 1 − e^2v) less its peak: with 2v = w it is below −depth beyond these.
  const depth = DEPTH / a;
  const from = -Math.min(depth + 1, Math.sqrt(2 * depth) + depth) / 2;
  const to = Math.min(Math.sqrt(2 * depth), Math.log1p(depth + Math.sqrt(2 * depth))) / 2;
  if (shift - t * Math.exp(to) > 9) return 1;
  const width = Math.min(1 / Math.sqrt(4 * a), 1 / (1 + shift));
  const steps = Math.ceil((to - from) / (width / 4));
  const step = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const s = Math.exp(from + i * step);
    sum += Math.exp(lnGammaFactor(a, a * s * s)) * (normalSf(t * s - shift) + normalSf(t * s + shift));
  }
  return Math.min(1, 2 * step * sum);
};
