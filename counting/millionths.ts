/** Larger numbers are not values: 10⁹ in millionths is still an exact integer in a double. */
const MAX_VALUE = 1e9;

/**
 * A value in integer millionths: the nearest one to the double that was sent, half away from zero. Undefined for what is
 * not a finite number of at most 10⁹ in size.
 */
export const millionthsOf = (value: unknown): number | undefined => {
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_VALUE)) return undefined;
  // toFixed rounds the exact binary value; multiplying by 10⁶ first would round twice. `+ 0` turns −0 into 0.
  return Number(value.toFixed(6).replace(".", "")) + 0;
};
