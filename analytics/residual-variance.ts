/** Of variances that cancel, what is below this share of them is the rounding of joint moments, not variance. */
const ROUNDING = 5e-12;

/**
 * Var(Y − θX), never negative and exactly 0 where Y is θX but for rounding, so that a perfect covariate is a variance of
 * zero and not a p-value made of noise.
 */
export const residualVariance = (yy: number, yx: number, xx: number, theta: number): number => {
  const explained = theta * theta * xx;
  const variance = yy + explained - 2 * theta * yx;
  return variance <= ROUNDING * (yy + explained) ? 0 : variance;
};
