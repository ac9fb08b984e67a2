/** Says yes at most `count` times in a window of `windowMs`. */
export const createBudget = (count: number, windowMs: number, now: () => number): (() => boolean) => {
  let windowStart = -Infinity;
  let left = count;
  return () => {
    if (now() - windowStart >= windowMs) {
      windowStart = now();
      left = count;
    }
    left--;
    return left >= 0;
  };
};
