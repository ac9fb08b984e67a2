import type { DifferenceTest, Estimate, Interval, Undefined } from "./difference.ts";
import { binomialTwoSidedLn } from "./distributions/binomial.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import { waldTest } from "./wald-test.ts";
import type { Sample } from "./welch.ts";

/** Events of a Poisson process over an exposure in any one unit: hours, requests. */
export interface EventCount {
  readonly events: number;
  readonly exposure: number;
}

/** Events per unit of exposure, which must be positive. */
export const eventRate = ({ events, exposure }: EventCount): Estimate => ({
  mean: events / exposure,
  variance: events / exposure / exposure,
});

/**
 * The z-test of two event rates. Only for events that come independently, of which variance / mean is 1: where it is far
 * above ({@link indexOfDispersion}), events come in bunches, and their counts per unit are to be compared as means.
 */
export const compareRates = (control: EventCount, treatment: EventCount, alpha: number): DifferenceTest | Undefined => {
  if (control.exposure === 0 || treatment.exposure === 0) return { kind: "undefined", reason: "no_data" };
  const before = eventRate(control);
  const after = eventRate(treatment);
  return waldTest(after.mean - before.mean, Math.sqrt(before.variance + after.variance), alpha);
};

/**
 * ln of the exact two-sided p-value that the rates are equal: given how many events there are in all, those of the
 * treatment are binomial. Undefined without events. The same as R's poisson.test.
 */
export const exactRatesLn = (control: EventCount, treatment: EventCount): number | undefined => {
  const events = control.events + treatment.events;
  const exposure = control.exposure + treatment.exposure;
  return events === 0 || exposure === 0
    ? undefined
    : binomialTwoSidedLn(treatment.events, events, treatment.exposure / exposure);
};

/** The interval of treatment rate / control rate from its logarithm; undefined unless both have events. Source: K. J. Rothman. */
export const rateRatioInterval = (control: EventCount, treatment: EventCount, alpha: number): Interval | undefined => {
  if (control.events === 0 || treatment.events === 0) return undefined;
  const ratio = eventRate(treatment).mean / eventRate(control).mean;
  const factor = Math.exp(normalUpperQuantile(alpha / 2) * Math.sqrt(1 / control.events + 1 / treatment.events));
  return [ratio / factor, ratio * factor];
};

/** Variance / mean of counts per unit: 1 for a Poisson process. Undefined where the mean is 0. */
export const indexOfDispersion = ({ mean, variance }: Sample): number | undefined =>
  mean === 0 ? undefined : variance / mean;
