import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { pooledEstimate } from "./pooled-estimate.ts";
import { waldTest } from "./wald-test.ts";
import { type Trend, weightedSlope, weightedTrend } from "./weighted-trend.ts";

/** How an effect changes over its days. */
export interface Novelty {
  /** The effect's slope a day. */
  readonly trend: DifferenceTest;
  /** Of the first half of the days that have an effect, rounded down. */
  readonly early: Estimate;
  readonly late: Estimate;
  /** Late less early. */
  readonly lateMinusEarly: DifferenceTest;
  /** `novelty` if the effect fades, `primacy` if it grows, where the slope a day has p < α. */
  readonly classification: "novelty" | "primacy" | "none";
}

const effectsOf = (days: readonly (Estimate | null)[]): (Estimate & { readonly x: number })[] =>
  days.flatMap((effect, i) => (effect && effect.variance > 0 ? [{ ...effect, x: i + 1 }] : []));

/**
 * Whether an effect fades as users get used to it (novelty) or grows as they learn it (primacy). Undefined for fewer than two days with an effect.
 *
 * `days[i]` is the effect on day i + 1, null where there is none. They must be independent: of units first exposed that day, or by days
 * since exposure. Never of a cumulative curve, whose days share most of their data.
 */
export const noveltyIn = (days: readonly (Estimate | null)[], alpha: number): Novelty | undefined => {
  const effects = effectsOf(days);
  const half = Math.floor(effects.length / 2);
  const early = pooledEstimate(effects.slice(0, half));
  const late = pooledEstimate(effects.slice(half));
  const trend = weightedSlope(effects, alpha);
  const lateMinusEarly = waldTest(late.mean - early.mean, Math.sqrt(early.variance + late.variance), alpha);
  if (half === 0 || trend.kind === "undefined" || lateMinusEarly.kind === "undefined") return undefined;
  const growth = trend.difference * pooledEstimate(effects).mean;
  const moves = trend.pValue < alpha && growth !== 0;
  return { trend, early, late, lateMinusEarly, classification: !moves ? "none" : growth > 0 ? "primacy" : "novelty" };
};

export interface NoveltyCheck extends Pick<Novelty, "late" | "classification"> {
  readonly kind: "estimated";
  /** The mean effect of all days, weighted by 1/variance. */
  readonly pooled: Estimate;
  readonly trend: Trend | Undefined;
  /** Its slope by the logarithm of the day, for an effect that settles. */
  readonly logTrend: Trend | Undefined;
  /** Undefined of a single day. */
  readonly early: Estimate | undefined;
  readonly lateMinusEarly: DifferenceTest | Undefined;
}

/** {@link noveltyIn} with the lines that are fitted, for a single day as well. */
export const checkNovelty = (days: readonly (Estimate | null)[], alpha: number): NoveltyCheck | Undefined => {
  const effects = effectsOf(days);
  if (effects.length === 0) return { kind: "undefined", reason: "no_data" };
  const pooled = pooledEstimate(effects);
  return {
    kind: "estimated",
    early: undefined,
    late: pooled,
    lateMinusEarly: { kind: "undefined", reason: "too_few_observations" },
    classification: "none",
    ...noveltyIn(days, alpha),
    pooled,
    trend: weightedTrend(effects, alpha),
    logTrend: weightedTrend(
      effects.map((effect) => ({ ...effect, x: Math.log(effect.x) })),
      alpha,
    ),
  };
};
