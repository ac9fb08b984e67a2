import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Int, intOf, negative, plus, times } from "../../counting/int.ts";

const BOUND = 2n ** 54n;
const anInt = fc
  .oneof(
    fc.bigInt({ min: -BOUND, max: BOUND }),
    fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }),
    fc.bigInt({ min: -100n, max: 100n }),
  )
  .map((exact): { readonly exact: bigint; readonly int: Int } => ({ exact, int: intOf(exact) }));

const isInForm = (int: Int): boolean => (typeof int === "number") === Number.isSafeInteger(Number(int));

describe("exact integers", () => {
  it("add, multiply and turn their sign exactly, in their one form", () => {
    fc.assert(
      fc.property(anInt, anInt, (a, b) => {
        for (const [got, exact] of [
          [plus(a.int, b.int), a.exact + b.exact],
          [times(a.int, b.int), a.exact * b.exact],
          [negative(a.int), -a.exact],
        ] as const) {
          expect(BigInt(got)).toBe(exact);
          expect(isInForm(got)).toBe(true);
          expect(Object.is(got, -0)).toBe(false);
        }
      }),
      { numRuns: 3000, seed: 20_261_130 },
    );
  });
});
