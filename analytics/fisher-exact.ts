import { lnBinomial } from "./distributions/saddle-point.ts";
import type { Proportion } from "./two-proportions.ts";

/** Tables whose probability equals the observed one but for rounding are as unlikely, as R's fisher.test has it. */
const LN_SLACK = Math.log1p(1e-7);

/** A term of a tail that is smaller than this share of it has no more after it that count. */
const NEGLIGIBLE = 1e-20;

/** The first whole number from `near` to `far` from which on `holds` does; the one after `far` if there is none. */
const firstFrom = (near: number, far: number, holds: (at: number) => boolean): number => {
  const step = far < near ? -1 : 1;
  let low = 0;
  let high = Math.abs(far - near) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(near + step * middle)) high = middle;
    else low = middle + 1;
  }
  return near + step * low;
};

/**
 * ln of Fisher's exact two-sided p-value: the probability, with all margins fixed, of a table no likelier than this one.
 *
 * The unlikely tables are two tails, whose ends are found by bisection and which are added up until nothing changes, so
 * the work grows with the standard deviation of the count: at most 0.1 s for 1e9 units. 0, that is p = 1, where the margins
 * allow one table only, which is no evidence of anything.
 */
export const fisherExactLn = (control: Proportion, treatment: Proportion): number => {
  const units = control.n + treatment.n;
  const conversions = control.conversions + treatment.conversions;
  const least = Math.max(0, conversions - treatment.n);
  const most = Math.min(control.n, conversions);
  if (least === most) return 0;
  const share = conversions / units;
  const rest = (units - conversions) / units;
  const lnAll = lnBinomial(conversions, units, share, rest);
  const lnProbability = (inControl: number): number =>
    lnBinomial(inControl, control.n, share, rest) +
    lnBinomial(conversions - inControl, treatment.n, share, rest) -
    lnAll;
  const lnObserved = lnProbability(control.conversions);
  const unlikely = (inControl: number): boolean => lnProbability(inControl) <= lnObserved + LN_SLACK;
  const mode = Math.floor(((control.n + 1) * (conversions + 1)) / (units + 2));
  if (unlikely(mode)) return 0;
  let total = 0;
  for (const end of [least, most]) {
    const step = end < mode ? -1 : 1;
    for (let at = firstFrom(mode, end, unlikely); (end - at) * step >= 0; at += step) {
      const added = Math.exp(lnProbability(at) - lnObserved);
      total += added;
      if (added < total * NEGLIGIBLE) break;
    }
  }
  return Math.min(0, lnObserved + Math.log(total));
};

/** Fisher's exact two-sided p-value; 0 once it is below the smallest double. */
export const fisherExact = (control: Proportion, treatment: Proportion): number =>
  Math.exp(fisherExactLn(control, treatment));
