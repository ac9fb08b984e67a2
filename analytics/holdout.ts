import type { DifferenceTest, Interval, Undefined } from "./difference.ts";
import { liftOf, liftStandardError } from "./lift.ts";
import { waldTest } from "./wald-test.ts";
import { meanOf, type Sample } from "./welch.ts";

/** A total over many units with the interval of the difference that it is made of; undefined where the test is. */
export interface Impact {
  readonly total: number;
  readonly interval: Interval | undefined;
}

export interface HoldoutImpact {
  readonly kind: "estimated";
  /** Exposed less held out, a unit. */
  readonly difference: number;
  readonly test: DifferenceTest | Undefined;
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
  const before = meanOf(heldOut);
  const after = meanOf(exposed);
  const difference = after.mean - before.mean;
  const test: HoldoutImpact["test"] =
    heldOut.n < 2 || exposed.n < 2
      ? { kind: "undefined", reason: "too_few_observations" }
      : waldTest(difference, Math.sqrt(before.variance + after.variance), alpha);
  const around = (centre: number | undefined, error = 0): Interval | undefined =>
    test.kind === "undefined" || centre === undefined
      ? undefined
      : [centre - test.critical * error, centre + test.critical * error];
  const impact = (units: number): Impact => ({
    total: difference * units,
    interval: test.kind === "undefined" ? undefined : around(difference * units, test.standardError * units),
  });
  const lift = liftOf(before.mean, after.mean);
  return {
    kind: "estimated",
    difference,
    test,
    incremental: impact(exposed.n),
    projected: impact(population),
    shareOfTotal: exposed.mean === 0 ? undefined : difference / exposed.mean,
    lift,
    liftInterval: around(lift, liftStandardError(before, after)),
  };
};
