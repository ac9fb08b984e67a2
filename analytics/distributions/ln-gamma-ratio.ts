import { stirlingError } from "./saddle-point.ts";

/**
 * ln Γ(x + delta) − ln Γ(x) for x > 0 and x + delta > 0. The two are never formed: at x = 1e12 each is some 1e13, and their
 * difference may be below 1.
 */
export const lnGammaRatio = (x: number, delta: number): number =>
  (x - 0.5) * Math.log1p(delta / x) + delta * (Math.log(x + delta) - 1) + (stirlingError(x + delta) - stirlingError(x));
