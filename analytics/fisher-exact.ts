import { lnBinomial } from "./distributions/saddle-point.ts";
import type { Proportion } from "./two-proportions.ts";

/** Tables whose probability equals the observed one but for rounding count as equally unlikely, as R's fisher.test has it. */
const SLACK = 1 + 1e-7;

/**
 * Fisher's exact two-sided p-value: the probability, with all margins fixed, of a table no more likely than this one.
 * Its work grows with the smaller margin, so it is for a few thousand units at most.
 */
export const fisherExact = (control: Proportion, treatment: Proportion): number => {
  const units = control.n + treatment.n;
  const conversions = control.conversions + treatment.conversions;
  const share = conversions / units;
  const rest = 1 - share;
  const lnAll = lnBinomial(conversions, units, share, rest);
  const probability = (inControl: number): number =>
    Math.exp(
      lnBinomial(inControl, control.n, share, rest) +
        lnBinomial(conversions - inControl, treatment.n, share, rest) -
        lnAll,
    );
  const limit = probability(control.conversions) * SLACK;
  let total = 0;
  const most = Math.min(control.n, conversions);
  for (let inControl = Math.max(0, conversions - treatment.n); inControl <= most; inControl++) {
    const each = probability(inControl);
    if (each <= limit) total += each;
  }
  return Math.min(1, total);
};
