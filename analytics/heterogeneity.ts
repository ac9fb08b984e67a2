import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { chiSquaredLnTails } from "./distributions/chi-squared.ts";
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

/** Whether effects are the same in all segments. */
export interface Homogeneity {
  readonly kind: "estimated";
  /** Fixed effect: the effect if it is the same in all segments. */
  readonly pooled: Estimate;
  readonly cochranQ: number;
  readonly degreesOfFreedom: number;
  /** Undefined for one segment: there is nothing to test. */
  readonly between:
    | {
        /** That the effect is the same in all segments; correct it over the dimensions that are tested. */
        readonly pValue: number;
        readonly lnPValue: number;
        /** The share of the spread among the effects that chance does not explain, 0–1. */
        readonly iSquared: number;
        /** The variance of the effect from segment to segment. */
        readonly tauSquared: number;
        /** The mean effect if it differs from segment to segment. */
        readonly randomEffects: Estimate;
      }
    | undefined;
}

export interface Heterogeneity extends Homogeneity {
  readonly segments: readonly SegmentEffect[];
}

const betweenSegments = (
  effects: readonly Estimate[],
  q: number,
  degreesOfFreedom: number,
): NonNullable<Homogeneity["between"]> => {
  const excess = Math.max(0, q - degreesOfFreedom);
  // Σw − Σw²/Σw as 2·Σ over pairs of w_i·w_j, by Σw, where nothing cancels when one segment has nearly all of the weight.
  let weight = 0;
  let pairs = 0;
  for (const { variance } of effects) {
    pairs += weight / variance;
    weight += 1 / variance;
  }
  const tauSquared = (excess * weight) / (2 * pairs);
  const lnPValue = chiSquaredLnTails(q, degreesOfFreedom).lnUpper;
  return {
    pValue: Math.exp(lnPValue),
    lnPValue,
    iSquared: excess === 0 ? 0 : excess / q,
    tauSquared,
    randomEffects: pooledEstimate(effects.map(({ mean, variance }) => ({ mean, variance: variance + tauSquared }))),
  };
};

/**
 * Cochran's test that an effect is the same in all of some independent segments: `effects` are one a segment, absolute or relative but on
 * one scale. Sources: W. G. Cochran (1954) for Q; J. P. T. Higgins and S. G. Thompson (2002) for I²; R. DerSimonian and
 * N. Laird (1986) for τ².
 */
export const testHomogeneity = (effects: readonly Estimate[]): Homogeneity | Undefined => {
  if (effects.length === 0) return { kind: "undefined", reason: "no_data" };
  if (effects.some(({ variance }) => !(variance > 0))) return { kind: "undefined", reason: "zero_variance" };
  const pooled = pooledEstimate(effects);
  const cochranQ = sumOf(effects, ({ mean, variance }) => (mean - pooled.mean) ** 2 / variance);
  const degreesOfFreedom = effects.length - 1;
  return {
    kind: "estimated",
    pooled,
    cochranQ,
    degreesOfFreedom,
    between: degreesOfFreedom === 0 ? undefined : betweenSegments(effects, cochranQ, degreesOfFreedom),
  };
};

/** The same with the effect of each segment, against none and against that of the others. */
export const compareSegments = (effects: readonly Estimate[], alpha: number): Heterogeneity | Undefined => {
  const homogeneity = testHomogeneity(effects);
  if (homogeneity.kind === "undefined") return homogeneity;
  const count = effects.length;
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
  return { ...homogeneity, segments };
};
