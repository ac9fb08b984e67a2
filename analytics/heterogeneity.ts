import { type ChiSquaredTest, chiSquaredTest } from "./chi-squared-test.ts";
import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { pooledEstimate } from "./pooled-estimate.ts";
import { waldTest } from "./wald-test.ts";
import { sumOf } from "./sum.ts";

export interface SegmentEffect {
  /** At level 1 − α/k, so that all k intervals hold together; its p-value is without correction. */
  readonly test: DifferenceTest;
  /** min(1, k·p). */
  readonly adjustedPValue: number;
  /** This segment's effect less the pooled effect of all others; undefined for a segment that is alone. */
  readonly versusRest: DifferenceTest | undefined;
}

/** Whether effects are the same in all segments: `chiSquared` is Cochran's Q. */
export interface Homogeneity extends ChiSquaredTest {
  /** The share of the spread among the effects that chance does not explain, 0–1. */
  readonly iSquared: number;
}

/**
 * Cochran's test that an effect is the same in all of some independent segments: `effects` are one a segment, absolute or relative but on
 * one scale. Undefined where there are fewer than two, or one does not vary. Correct it over the dimensions that are tested.
 *
 * Sources: W. G. Cochran (1954) for Q; J. P. T. Higgins and S. G. Thompson (2002) for I².
 */
export const testHomogeneity = (effects: readonly Estimate[]): Homogeneity | undefined => {
  if (effects.length < 2 || effects.some(({ variance }) => !(variance > 0))) return undefined;
  const pooled = pooledEstimate(effects);
  const q = sumOf(effects, ({ mean, variance }) => (mean - pooled.mean) ** 2 / variance);
  const degreesOfFreedom = effects.length - 1;
  return { ...chiSquaredTest(q, degreesOfFreedom), iSquared: q > degreesOfFreedom ? (q - degreesOfFreedom) / q : 0 };
};

export interface Heterogeneity {
  readonly kind: "estimated";
  /** Fixed effect: the effect if it is the same in all segments. */
  readonly pooled: Estimate;
  readonly cochranQ: number;
  readonly degreesOfFreedom: number;
  /** Undefined for one segment: there is nothing to test. */
  readonly between:
    | (Homogeneity & {
        /** The variance of the effect from segment to segment. Source: R. DerSimonian and N. Laird (1986). */
        readonly tauSquared: number;
        /** The mean effect if it differs from segment to segment. */
        readonly randomEffects: Estimate;
      })
    | undefined;
  readonly segments: readonly SegmentEffect[];
}

const betweenSegments = (effects: readonly Estimate[], test: Homogeneity): Heterogeneity["between"] => {
  // Σw − Σw²/Σw as 2·Σ over pairs of w_i·w_j, by Σw, where nothing cancels when one segment has nearly all of the weight.
  let weight = 0;
  let pairs = 0;
  for (const { variance } of effects) {
    pairs += weight / variance;
    weight += 1 / variance;
  }
  const tauSquared = (Math.max(0, test.chiSquared - test.degreesOfFreedom) * weight) / (2 * pairs);
  return {
    ...test,
    tauSquared,
    randomEffects: pooledEstimate(effects.map(({ mean, variance }) => ({ mean, variance: variance + tauSquared }))),
  };
};

/** The same with the mean effect, and the effect of each segment against none and against that of the others. */
export const compareSegments = (effects: readonly Estimate[], alpha: number): Heterogeneity | Undefined => {
  const count = effects.length;
  if (count === 0) return { kind: "undefined", reason: "no_data" };
  const segments: SegmentEffect[] = [];
  for (const [i, effect] of effects.entries()) {
    const test = waldTest(effect.mean, Math.sqrt(effect.variance), alpha / count);
    if (test.kind === "undefined") return test;
    const rest = pooledEstimate(effects.filter((_, j) => j !== i));
    const versusRest = waldTest(effect.mean - rest.mean, Math.sqrt(effect.variance + rest.variance), alpha);
    segments.push({
      test,
      adjustedPValue: Math.min(1, count * test.pValue),
      versusRest: count > 1 && versusRest.kind === "estimated" ? versusRest : undefined,
    });
  }
  const homogeneity = testHomogeneity(effects);
  return {
    kind: "estimated",
    pooled: pooledEstimate(effects),
    cochranQ: homogeneity?.chiSquared ?? 0,
    degreesOfFreedom: count - 1,
    between: homogeneity && betweenSegments(effects, homogeneity),
    segments,
  };
};
