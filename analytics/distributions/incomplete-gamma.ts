import { type LnTails, tailsOfLower, tailsOfUpper } from "./ln-tails.ts";
import { lnGammaFactor } from "./saddle-point.ts";

const PRECISION = Number.EPSILON / 2;

/** Enough for shapes of some 1e12: both expansions need of the order of √a terms near x = a. */
const MAX_TERMS = 10_000_000;

/** 1 + x/(a+1) + x²/((a+1)(a+2)) + …, which times the factor / a is P(a, x). For x < a + 1. */
const lowerSeries = (a: number, x: number): number => {
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= MAX_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
};

/** Legendre's continued fraction of Q(a, x) without its factor, by Lentz's method. For x ≥ a + 1. */
const upperFraction = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n <= MAX_TERMS; n++) {
    const coefficient = n * (a - n);
    b += 2;
    d = 1 / (coefficient * d + b);
    c = b + coefficient / c;
    const change = c * d;
    fraction *= change;
    // Turned about so that NaN ends it too.
    if (!(Math.abs(change - 1) > 2 * PRECISION)) return fraction;
  }
  return fraction;
};

/** The regularised incomplete gamma functions: P(a, x) as `lnLower`, Q(a, x) as `lnUpper`, for a > 0 and x ≥ 0. */
export const incompleteGamma = (a: number, x: number): LnTails => {
  if (x <= 0) return { lnLower: -Infinity, lnUpper: 0 };
  if (x === Infinity) return { lnLower: 0, lnUpper: -Infinity };
  const lnFactor = lnGammaFactor(a, x);
  return x < a + 1
    ? tailsOfLower(lnFactor - Math.log(a) + Math.log(lowerSeries(a, x)))
    : tailsOfUpper(lnFactor + Math.log(upperFraction(a, x)));
};
