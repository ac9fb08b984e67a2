import type { DifferenceTest, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** A sum of the means of independent cells times weights that cancel. `effect` is known even where nothing varies; NaN without data. */
export interface MeanContrast {
  readonly effect: number;
  readonly test: DifferenceTest | Undefined;
}

export const contrastMeans = (cells: readonly Sample[], weights: readonly number[], alpha: number): MeanContrast => {
  const fewest = Math.min(...cells.map(({ n }) => n));
  let effect = 0;
  let variance = 0;
  for (const [i, cell] of cells.entries()) {
    const weight = weights[i]!;
    effect += weight * cell.mean;
    variance += weight * weight * meanOf(cell).variance;
  }
  return {
    effect: fewest === 0 ? NaN : effect,
    test:
      fewest < 2
        ? { kind: "undefined", reason: fewest === 0 ? "no_data" : "too_few_observations" }
        : waldTest(effect, Math.sqrt(variance), alpha),
  };
};
