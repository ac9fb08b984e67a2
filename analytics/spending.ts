import type { Spending } from "../contract/analysis-settings.ts";
import { normalSf, normalUpperQuantile } from "./distributions/normal.ts";

/** A spending function: `parameter` is ρ > 0 of `power` or γ of `hwang_shih_decani`, 1 if left out; the others have none. */
export interface SpendingFunction {
  readonly spending: Spending;
  readonly parameter?: number | null | undefined;
}

/** (1 − e^(−γt)) / (1 − e^(−γ)), without overflow for γ < 0, and t for γ = 0. */
const hwangShihDeCani = (gamma: number, t: number): number => {
  if (gamma === 0) return t;
  const size = Math.abs(gamma);
  const share = Math.expm1(-size * t) / Math.expm1(-size);
  return gamma > 0 ? share : share * Math.exp(-size * (1 - t));
};

/** The share of α that is spent at 0 < t ≤ 1. */
const shares: Readonly<Record<Spending, (t: number, alpha: number, parameter: number) => number>> = {
  // 4(1 − Φ(z/√t)) is α at t = 1, but for rounding, which just below it may come to more.
  obrien_fleming: (t, alpha) =>
    t === 1 ? 1 : Math.min(1, (4 / alpha) * normalSf(normalUpperQuantile(alpha / 4) / Math.sqrt(t))),
  pocock: (t) => Math.log1p((Math.E - 1) * t),
  power: (t, _, rho) => t ** rho,
  hwang_shih_decani: (t, _, gamma) => hwangShihDeCani(gamma, t),
};

/**
 * α spent up to an information fraction, two-sided: twice what a one-sided design at α/2 spends. That α is shared out between the sides
 * *first* is the convention of rpact, gsDesign and ldbounds; fractions beyond 1 spend no more than 1 does.
 *
 * Sources: Lan & DeMets (1983); Kim & DeMets (1987) for the powers; Hwang, Shih & DeCani (1990).
 */
export const alphaSpent = ({ spending, parameter }: SpendingFunction, alpha: number, fraction: number): number =>
  fraction > 0 ? alpha * shares[spending](Math.min(1, fraction), alpha, parameter ?? 1) : 0;
