import type { DifferenceTest, Interval, Undefined } from "./difference.ts";
import { liftOf, liftStandardError } from "./lift.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** A total over many units with the interval of the effect that it is made of. */
export interface Impact {
  readonly total: number;
  readonly interval: Interval;
}

export interface HoldoutImpact {
  readonly kind: "estimated";
  /** Exposed less held out, a unit; a z-test. */
  readonly test: DifferenceTest;
  /** What the exposed units did more than they would have done. */
  readonly incremental: Impact;
  /** The same for every unit of `population`. */
  readonly projected: Impact;
  /** The increment as a share of all that the exposed units did; undefined where that is 0. */
  readonly shareOfTotal: number | undefined;
  /** By the delta method; undefined where the held-out units' mean is 0. */
  readonly lift: number | undefined;
  readonly liftInterval: Interval | undefined;
}

/**
 * What everything that a holdout was kept from has brought. How many units are exposed is taken as fixed. In a holdout that lives long,
 * count only units that were there at its start: people who come back under another id drop out of it.
 */
export const holdoutImpact = (
  heldOut: Sample,
  exposed: Sample,
  population: number,
  alpha: number,
): HoldoutImpact | Undefined => {
  if (heldOut.n === 0 || exposed.n === 0) return { kind: "undefined", reason: "no_data" };
  if (heldOut.n < 2 || exposed.n < 2) return { kind: "undefined", reason: "too_few_observations" };
  const before = meanOf(heldOut);
  const after = meanOf(exposed);
  const test = waldTest(after.mean - before.mean, Math.sqrt(before.variance + after.variance), alpha);
  if (test.kind === "undefined") return test;
  const { difference, critical, interval } = test;
  const impact = (units: number): Impact => ({
    total: difference * units,
    interval: [interval[0] * units, interval[1] * units],
  });
  const lift = liftOf(before.mean, after.mean);
  const half = critical * (liftStandardError(before, after) ?? 0);
  return {
    kind: "estimated",
    test,
    incremental: impact(exposed.n),
    projected: impact(population),
    shareOfTotal: exposed.mean === 0 ? undefined : difference / exposed.mean,
    lift,
    liftInterval: lift === undefined ? undefined : [lift - half, lift + half],
  };
};
