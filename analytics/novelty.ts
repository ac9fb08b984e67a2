import type { DifferenceTest, Estimate, Undefined } from "./difference.ts";
import { pooledEstimate } from "./pooled-estimate.ts";
import { waldTest } from "./wald-test.ts";
import { type Trend, weightedTrend } from "./weighted-trend.ts";

export interface NoveltyCheck {
  readonly kind: "estimated";
  /** The mean effect of all days, weighted by 1/variance. */
  readonly pooled: Estimate;
  /** The effect's slope a day. */
  readonly trend: Trend | Undefined;
  /** Its slope by the logarithm of the day, for an effect that settles. */
  readonly logTrend: Trend | Undefined;
  /** Of the first half of the days that have an effect, rounded down; undefined of a single day. */
  readonly early: Estimate | undefined;
  readonly late: Estimate;
  /** Late less early. */
  readonly lateMinusEarly: DifferenceTest | Undefined;
  /** `novelty` if the effect fades, `primacy` if it grows, where the slope a day has p < α. */
  readonly classification: "novelty" | "primacy" | "none";
}

/**
 * Whether an effect fades as users get used to it (novelty) or grows as they learn it (primacy).
 *
 * `days[i]` is the effect on day i + 1, null where there is none. They must be independent: of units first exposed that day, or by days
 * since exposure. Never of a cumulative curve, whose days share most of their data.
 */
export const checkNovelty = (days: readonly (Estimate | null)[], alpha: number): NoveltyCheck | Undefined => {
  const effects = days.flatMap((effect, i) => (effect && effect.variance > 0 ? [{ ...effect, x: i + 1 }] : []));
  if (effects.length === 0) return { kind: "undefined", reason: "no_data" };
  const half = Math.floor(effects.length / 2);
  const early = half > 0 ? pooledEstimate(effects.slice(0, half)) : undefined;
  const late = pooledEstimate(effects.slice(half));
  const pooled = pooledEstimate(effects);
  const trend = weightedTrend(effects, alpha);
  const moves = trend.kind === "estimated" && trend.pValue < alpha && trend.difference * pooled.mean !== 0;
  return {
    kind: "estimated",
    pooled,
    trend,
    logTrend: weightedTrend(
      effects.map((effect) => ({ ...effect, x: Math.log(effect.x) })),
      alpha,
    ),
    early,
    late,
    lateMinusEarly: early
      ? waldTest(late.mean - early.mean, Math.sqrt(early.variance + late.variance), alpha)
      : { kind: "undefined", reason: "too_few_observations" },
    classification: !moves ? "none" : trend.difference > 0 === pooled.mean > 0 ? "primacy" : "novelty",
  };
};
