import type { LnTails } from "./ln-tails.ts";
import { normalUpperQuantileLn } from "./normal.ts";

/** Where the function is flat, Newton's step would leave the numbers altogether. */
const LONGEST_STEP = 50;

/**
 * The root of an increasing or decreasing function by Newton's method, kept inside what is known to bracket it.
 * `at` gives the value and the slope. Meant for the logarithm of a tail as a function of ln x, where it is nearly
 * straight, so that a few steps reach full precision from any start.
 */
export const solve = (at: (u: number) => readonly [value: number, slope: number], start: number): number => {
  let low = -Infinity;
  let high = Infinity;
  let u = start;
  for (let step = 0; step < 200; step++) {
    const [value, slope] = at(u);
    if (value === 0) return u;
    if (Number.isNaN(value)) return NaN;
    if (value > 0 === slope > 0) high = u;
    else low = u;
    const newton = u - Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, value / slope));
    // Its error is of the order of the square of its length: another step would change nothing but the noise.
    if (Math.abs(newton - u) <= 1e-11 * Math.max(1, Math.abs(u))) return newton;
    let next = newton;
    if (!(next > low && next < high)) {
      if (low === -Infinity) next = high - 1;
      else if (high === Infinity) next = low + 1;
      else next = (low + high) / 2;
      if (next === low || next === high) return next;
    }
    u = next;
  }
  return u;
};

/** A tail by its side and the logarithm of its probability. */
export type Tail = readonly [side: keyof LnTails, ln: number];

/** Where P(X ≤ x) = p, by the smaller of the two tails: it is the one that determines x. */
export const smallerTailOfLower = (p: number): Tail =>
  p <= 0.5 ? ["lnLower", Math.log(p)] : ["lnUpper", Math.log1p(-p)];

/** Where P(X > x) = q, by the smaller of the two tails. */
export const smallerTailOfUpper = (q: number): Tail =>
  q <= 0.5 ? ["lnUpper", Math.log(q)] : ["lnLower", Math.log1p(-q)];

/** Where a standard normal has this tail: a start for what is nearly normal. */
export const normalScore = ([side, ln]: Tail): number => {
  const z = normalUpperQuantileLn(ln);
  return side === "lnUpper" ? z : -z;
};

/** The u at which a distribution has this tail, given its tails and its density with respect to u. */
export const solveTail = (
  [side, lnTarget]: Tail,
  at: (u: number) => { readonly tails: LnTails; readonly lnDensity: number },
  start: number,
): number =>
  solve((u) => {
    const { tails, lnDensity } = at(u);
    // Where neither is a double any more, only the direction is known.
    const slope = tails[side] === -Infinity ? 1 : Math.exp(lnDensity - tails[side]);
    return [tails[side] - lnTarget, side === "lnUpper" ? -slope : slope];
  }, start);
