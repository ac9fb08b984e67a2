/** An exact integer: a number as long as it is a safe one, a BigInt beyond. Both are told apart nowhere but here. */
export type Int = number | bigint;

const isSafe = (value: number): boolean => value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The same integer in its one form. */
export const intOf = (value: bigint): Int => (value <= MAX_SAFE && value >= -MAX_SAFE ? Number(value) : value);

export const plus = (a: Int, b: Int): Int => {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (isSafe(sum)) return sum;
  }
  return intOf(BigInt(a) + BigInt(b));
};

export const times = (a: Int, b: Int): Int => {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    // A product that is too large stays too large when it is rounded. `+ 0` turns −0 into 0.
    if (isSafe(product)) return product + 0;
  }
  return intOf(BigInt(a) * BigInt(b));
};

export const negative = (a: Int): Int => (typeof a === "number" ? 0 - a : -a);

export const isZero = (a: Int): boolean => a === 0;
