import { type ChiSquaredTest, chiSquaredTest } from "./chi-squared-test.ts";
import type { Undefined } from "./difference.ts";
import { sumOf } from "./sum.ts";

export type Independence = ChiSquaredTest & { readonly kind: "estimated" };

/** Empty rows and columns say nothing. */
const freedomOf = (sums: readonly number[]): number => Math.max(0, sums.filter((n) => n > 0).length - 1);

/**
 * Pearson's χ² test, without continuity correction, that the rows of a table of counts have the same distribution over its
 * columns. Empty rows and columns say nothing and are left out; at least two of each must remain.
 */
export const testIndependence = (table: readonly (readonly number[])[]): Independence | Undefined => {
  const rows = table.map((row) => sumOf(row, (count) => count));
  const columns = (table[0] ?? []).map((_, j) => sumOf(table, (row) => row[j] ?? 0));
  const total = sumOf(rows, (count) => count);
  const degreesOfFreedom = freedomOf(rows) * freedomOf(columns);
  if (degreesOfFreedom === 0) return { kind: "undefined", reason: "no_data" };
  const chiSquared = sumOf(table, (row, i) =>
    sumOf(row, (count, j) => {
      const expected = rows[i]! * (columns[j]! / total);
      return expected > 0 ? (count - expected) ** 2 / expected : 0;
    }),
  );
  return { kind: "estimated", ...chiSquaredTest(chiSquared, degreesOfFreedom) };
};
