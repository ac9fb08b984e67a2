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
    if (value > 0 === slope > 0) high = u;
    else low = u;
    let next = u - Math.max(-LONGEST_STEP, Math.min(LONGEST_STEP, value / slope));
    if (!(next > low && next < high)) {
      if (low === -Infinity) next = high - 1;
      else if (high === Infinity) next = low + 1;
      else next = (low + high) / 2;
    }
    if (Math.abs(next - u) <= 1e-15 * Math.max(1, Math.abs(u))) return next;
    u = next;
  }
  return u;
};
