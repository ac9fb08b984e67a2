import { classicalBoundaries, OBRIEN_FLEMING, POCOCK } from "../../analytics/classical-boundaries.ts";
import { type Baseline } from "../../analytics/detection.ts";
import { durationOf } from "../../analytics/duration.ts";
import { inflationFactor } from "../../analytics/group-sequential-power.ts";
import {
  type Design,
  minimumDetectableEffect,
  powerAt,
  requiredUnits,
  type Unplannable,
} from "../../analytics/power.ts";
import { proportionSampleSize } from "../../analytics/sample-size-proportions.ts";
import { exactTPower } from "../../analytics/t-power.ts";
import type { Fields } from "./compare.ts";
import { alphaIn, computed, type Methods, numberIn, numberOr, undefinedBecause } from "./method.ts";

/** Null where there is none. */
const number = (value: number | Unplannable): number | null => (typeof value === "number" ? value : null);

const up = (value: number | Unplannable): number | null => (typeof value === "number" ? Math.ceil(value) : null);

/** The power that designs are usually planned for. */
const powerIn = (input: Fields): number => numberOr(input, "power", 0.8);

const proportions = (input: Fields): Readonly<Record<string, unknown>> => {
  const allocationRatio = numberOr(input, "allocation_ratio", 1);
  const sizes = proportionSampleSize(numberIn(input, "baseline_rate"), numberIn(input, "relative_mde"), {
    alpha: alphaIn(input),
    power: powerIn(input),
    allocationRatio,
  });
  if (sizes.kind === "undefined") return undefinedBecause(sizes.reason);
  return {
    n_control_unpooled: sizes.unpooled,
    n_control_unpooled_ceil: Math.ceil(sizes.unpooled),
    n_treatment_unpooled_ceil: Math.ceil(allocationRatio * sizes.unpooled),
    n_control_pooled_fleiss: sizes.pooled,
    n_control_pooled_fleiss_ceil: Math.ceil(sizes.pooled),
    n_control_continuity_corrected: sizes.continuityCorrected,
    n_control_arcsine: sizes.arcsine,
  };
};

const means = (input: Fields): Readonly<Record<string, unknown>> => {
  // A lift away from 0, whatever the sign of the mean.
  const mean = Math.abs(numberIn(input, "mean"));
  const deviation = numberIn(input, "standard_deviation");
  const n = numberIn(input, "n_per_arm");
  const effect = numberIn(input, "relative_mde") * mean;
  const baseline: Baseline = { kind: "mean", mean, variance: deviation ** 2 };
  const design: Design = { alpha: alphaIn(input), power: powerIn(input) };
  const required = requiredUnits(effect, baseline, design);
  const absolute = number(minimumDetectableEffect(n, baseline, design));
  const relative = number(minimumDetectableEffect(n, baseline, { ...design, scale: "relative" }));
  return {
    required_n_per_arm_normal: number(required),
    required_n_per_arm_ceil: up(required),
    absolute_mde_at_n: absolute,
    relative_mde_at_n_simple: absolute === null || mean === 0 ? null : absolute / mean,
    relative_mde_delta: relative === null ? null : relative / mean,
    power_normal_two_tails: number(powerAt(n, effect, baseline, design)),
    power_exact_t: n < 2 || deviation === 0 ? null : exactTPower(n, effect, deviation, design.alpha),
  };
};

const SHAPES: Readonly<Record<string, number>> = { obrien_fleming: OBRIEN_FLEMING, pocock: POCOCK };

const sequential = (input: Fields): Readonly<Record<string, unknown>> => {
  const effect = numberIn(input, "absolute_effect");
  const design: Design = { alpha: alphaIn(input), power: powerIn(input) };
  const baseline: Baseline = { kind: "mean", mean: 0, variance: numberIn(input, "standard_deviation") ** 2 };
  const fixed = requiredUnits(effect, baseline, design);
  if (typeof fixed !== "number") return undefinedBecause(fixed.reason);
  const anytime: Design = {
    ...design,
    looks: { kind: "anytime", tuningN: numberIn(input, "confidence_sequence_tuning_n") },
  };
  const name = input["group_sequential_design"];
  const shape = typeof name === "string" ? SHAPES[name] : undefined;
  const looks = numberOr(input, "looks", 1);
  const plan = (alpha: number) => classicalBoundaries(looks, alpha, shape ?? NaN);
  const { fractions, bounds } = plan(design.alpha);
  const duration = durationOf(numberOr(input, "arms", 2) * Math.ceil(fixed), [
    numberIn(input, "daily_units") * numberOr(input, "traffic_share", 1),
  ]);
  return {
    n_per_arm_fixed: fixed,
    n_per_arm_fixed_ceil: Math.ceil(fixed),
    duration_days: duration.kind === "finite" ? duration.days : null,
    weeks_rounded: duration.kind === "finite" ? duration.weeks : null,
    group_sequential_inflation: inflationFactor(fractions, bounds, design.alpha, design.power),
    n_per_arm_group_sequential_max: number(
      requiredUnits(effect, baseline, { ...design, looks: { kind: "group_sequential", plan } }),
    ),
    cs_power_at_fixed_n: number(powerAt(fixed, effect, baseline, anytime)),
    cs_required_n_per_arm: number(requiredUnits(effect, baseline, anytime)),
  };
};

export const power: Methods = {
  "Sample size for two proportions": computed(proportions),
  "Sample size, MDE and power for means, ratios; sequential inflation": computed(means),
  "Sequential inflation and duration planning": computed(sequential),
};
