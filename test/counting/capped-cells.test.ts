import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SumsCell } from "../../contract/sums.ts";
import { withPercentileCaps } from "../../counting/capped-cells.ts";
import { bucketBounds, bucketOf } from "../../counting/histogram.ts";

interface Unit {
  readonly variant: "a" | "b";
  readonly day: number;
  readonly value: number;
}

const cellOf = ({ variant, day, value }: Unit, kind: "day" | "bucket"): SumsCell => ({
  experiment_id: "e",
  phase: 1,
  variant_id: variant,
  metric_id: "m",
  kind,
  name: "",
  slice: String(kind === "day" ? day : bucketOf(value)),
  n: 1,
  sums: { y: String(value), yy: String(BigInt(value) ** 2n) },
});

const cellsOf = (units: readonly Unit[]): SumsCell[] =>
  units.flatMap((unit) => [cellOf(unit, "day"), cellOf(unit, "bucket")]);

const totals = (cells: readonly SumsCell[], variant: string) =>
  cells
    .filter(({ kind, variant_id }) => kind === "day" && variant_id === variant)
    .reduce(
      (sum, { n, sums }) => ({ n: sum.n + n, y: sum.y + BigInt(sums.y ?? 0), yy: sum.yy + BigInt(sums.yy ?? 0) }),
      { n: 0, y: 0n, yy: 0n },
    );

const others = (cells: readonly SumsCell[]): SumsCell[] => cells.filter(({ kind }) => kind !== "day");

describe("withPercentileCaps", () => {
  it("cuts every value down to the bucket of the percentile of all variants together", () => {
    const unit = fc.record({
      variant: fc.constantFrom("a" as const, "b" as const),
      day: fc.integer({ min: 20_000, max: 20_003 }),
      value: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1_000_000_000_000 })),
    });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 40 }), fc.constantFrom(0.5, 0.9, 0.95), (units, share) => {
        const cells = cellsOf(units);
        const capped = withPercentileCaps(cells, new Map([["m", share]]));
        const ordered = units.map(({ value }) => value).toSorted((a, b) => a - b);
        const percentile = ordered[Math.max(1, Math.ceil(Number((share * units.length).toFixed(6)))) - 1] ?? 0;
        const cap = bucketBounds(bucketOf(percentile)).upper;
        for (const variant of ["a", "b"] as const) {
          const values = units
            .filter((each) => each.variant === variant)
            .map(({ value }) => (BigInt(value) < cap ? BigInt(value) : cap));
          expect(totals(capped, variant)).toEqual({
            n: values.length,
            y: values.reduce((sum, value) => sum + value, 0n),
            yy: values.reduce((sum, value) => sum + value * value, 0n),
          });
        }
        expect(others(capped)).toEqual(others(cells));
      }),
      { seed: 1 },
    );
  });

  it("leaves metrics without one as they are", () => {
    const cells = cellsOf([
      { variant: "a", day: 1, value: 5 },
      { variant: "a", day: 2, value: 500 },
    ]);
    expect(new Set(withPercentileCaps(cells, new Map()))).toEqual(new Set(cells));
  });
});
