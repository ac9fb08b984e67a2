import type { JointSums } from "../../analytics/joint-moments.ts";
import type { SumName } from "../../contract/sums.ts";

/** A unit's numbers; those left out are 0. */
export type UnitValues = Readonly<Partial<Record<"y" | "d" | "x" | "e", number>>>;

const NAMES: readonly SumName[] = ["y", "d", "x", "e", "yy", "yd", "yx", "ye", "dd", "dx", "de", "xx", "xe", "ee"];

/** Values with up to six decimals, as the counting keeps them. */
const millionths = (value: number): bigint => BigInt(Math.round(value * 1e6));

export const jointSumsOf = (units: readonly UnitValues[]): JointSums => ({
  n: units.length,
  sums: Object.fromEntries(
    NAMES.map((name) => [
      name,
      units.reduce(
        (sum, unit) =>
          sum + name.split("").reduce((product, letter) => product * millionths(unit[letter as "y"] ?? 0), 1n),
        0n,
      ),
    ]),
  ),
});
