import { solve } from "./distributions/invert.ts";

/**
 * The root of an increasing function that is nearly straight and costly, so that slopes are the secant's. `slope` is a guess of it for the
 * first step.
 */
export const solveBySecant = (valueAt: (u: number) => number, start: number, slope: number): number => {
  let [lastU, lastValue] = [NaN, NaN];
  return solve((u) => {
    const value = valueAt(u);
    const secant = (value - lastValue) / (u - lastU);
    [lastU, lastValue] = [u, value];
    return [value, secant > 0 && secant < Infinity ? secant : slope];
  }, start);
};
