import type { DifferenceTest, Undefined } from "./difference.ts";
import { type Independence, testIndependence } from "./independence.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";
import { sumOf } from "./sum.ts";

/** How much a variant's effect in one experiment depends on the variant of another. */
export interface InteractionContrast {
  /** Index of the first experiment's variant; 0, the control, is what it is compared with. */
  readonly first: number;
  /** Index of the second experiment's. */
  readonly second: number;
  /** The first experiment's effect among units in the second's control; NaN without units. */
  readonly effectWithControl: number;
  /** The same among units in the second's variant. */
  readonly effectWithVariant: number;
  /** Their difference, (m_ab − m_0b) − (m_a0 − m_00), with a z-test. */
  readonly test: DifferenceTest | Undefined;
}

export interface ExperimentInteraction {
  /** Whether the assignments are independent, as hashing with two salts makes them. */
  readonly assignment: Independence | Undefined;
  /** One for each pair of variants besides the controls; correct them, and the pairs of experiments, by Bonferroni. */
  readonly contrasts: readonly InteractionContrast[];
}

const EMPTY: Sample = { n: 0, mean: Number.NaN, variance: Number.NaN };

/**
 * The interaction of two experiments among the units that are in both. `cells[a][b]` are those in variant `a` of the first and `b`
 * of the second; 0 is a control.
 */
export const compareExperiments = (cells: readonly (readonly Sample[])[], alpha: number): ExperimentInteraction => {
  const at = (a: number, b: number): Sample => cells[a]?.[b] ?? EMPTY;
  const contrast = (first: number, second: number): InteractionContrast => {
    const four = [at(first, second), at(first, 0), at(0, second), at(0, 0)];
    const effectWithControl = at(first, 0).mean - at(0, 0).mean;
    const effectWithVariant = at(first, second).mean - at(0, second).mean;
    const variance = sumOf(four, (cell) => meanOf(cell).variance);
    const test: InteractionContrast["test"] = four.some(({ n }) => n === 0)
      ? { kind: "undefined", reason: "no_data" }
      : four.some(({ n }) => n < 2)
        ? { kind: "undefined", reason: "too_few_observations" }
        : waldTest(effectWithVariant - effectWithControl, Math.sqrt(variance), alpha);
    return { first, second, effectWithControl, effectWithVariant, test };
  };
  return {
    assignment: testIndependence(cells.map((row) => row.map(({ n }) => n))),
    contrasts: cells.flatMap((row, a) => row.flatMap((_, b) => (a > 0 && b > 0 ? [contrast(a, b)] : []))),
  };
};
