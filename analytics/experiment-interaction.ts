import { type Independence, testIndependence } from "./independence.ts";
import type { Undefined } from "./difference.ts";
import { contrastMeans, type MeanContrast } from "./mean-contrast.ts";
import type { Sample } from "./welch.ts";

/** How much a variant's effect in one experiment depends on the variant of another: (m_ab − m_0b) − (m_a0 − m_00), with a z-test. */
export interface InteractionContrast extends MeanContrast {
  /** Index of the first experiment's variant; 0, the control, is what it is compared with. */
  readonly first: number;
  /** Index of the second experiment's. */
  readonly second: number;
}

/**
 * The interactions of two experiments among the units that are in both. `cells[a][b]` are those in variant `a` of the first and `b`
 * of the second; 0 is a control. One for each pair of variants besides the controls; correct them, and the pairs of experiments, by Bonferroni.
 */
export const interactionContrasts = (cells: readonly (readonly Sample[])[], alpha: number): InteractionContrast[] =>
  cells.slice(1).flatMap((row, a) =>
    row.slice(1).map((cell, b) => ({
      first: a + 1,
      second: b + 1,
      ...contrastMeans([cell, cells[0]![b + 1]!, row[0]!, cells[0]![0]!], [1, -1, -1, 1], alpha),
    })),
  );

export interface ExperimentInteraction {
  /** Whether the assignments are independent, as hashing with two salts makes them. */
  readonly assignment: Independence | Undefined;
  readonly contrasts: readonly (InteractionContrast & {
    /** The first experiment's effect among units in the second's control; NaN without units. */
    readonly effectWithControl: number;
    /** The same among units in the second's variant. */
    readonly effectWithVariant: number;
  })[];
}

/** {@link interactionContrasts} with the effects that they are the differences of. */
export const compareExperiments = (cells: readonly (readonly Sample[])[], alpha: number): ExperimentInteraction => {
  const effect = (first: number, second: number): number => cells[first]![second]!.mean - cells[0]![second]!.mean;
  return {
    assignment: testIndependence(cells.map((row) => row.map(({ n }) => n))),
    contrasts: interactionContrasts(cells, alpha).map((contrast) => ({
      ...contrast,
      effectWithControl: effect(contrast.first, 0),
      effectWithVariant: effect(contrast.first, contrast.second),
    })),
  };
};
