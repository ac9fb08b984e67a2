/** P(X ≤ x) and P(X > x) as natural logarithms, so that neither underflows nor is lost beside a 1. */
export interface LnTails {
  readonly lnLower: number;
  readonly lnUpper: number;
}

/** ln(1 − e^x) for x ≤ 0, accurate at both ends. Source: M. Mächler, "Accurately computing log(1 − exp(−|a|))" (2012). */
export const ln1mExp = (x: number): number => (x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x)));

export const tailsOfLower = (lnLower: number): LnTails => {
  // Rounding can leave a probability just above 1.
  const capped = Math.min(lnLower, 0);
  return { lnLower: capped, lnUpper: ln1mExp(capped) };
};

export const tailsOfUpper = (lnUpper: number): LnTails => {
  const { lnLower, lnUpper: complement } = tailsOfLower(lnUpper);
  return { lnLower: complement, lnUpper: lnLower };
};
