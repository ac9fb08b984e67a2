import { type AdjustedLift, adjustedLift } from "./adjusted-lift.ts";
import type { DifferenceTest, Undefined } from "./difference.ts";
import { waldTest } from "./wald-test.ts";
import type { Sample } from "./welch.ts";

/** The units of one value of an attribute that was known before the first exposure. */
export interface Stratum {
  readonly control: Sample;
  readonly treatment: Sample;
}

export interface PostStratified {
  readonly kind: "estimated";
  /** Each stratum's share of all units; they sum to 1. */
  readonly weights: readonly number[];
  /** Treatment minus control in each stratum. */
  readonly differences: readonly number[];
  /** Of the control, weighted as both variants together are. */
  readonly controlMean: number;
  readonly difference: number;
  /** Of the strata as they are: their shares are taken as known. */
  readonly fixedWeights: DifferenceTest | Undefined;
  /** Of the population that the units are a sample of, so that the shares vary, too. The one to report. */
  readonly randomWeights: DifferenceTest | Undefined;
  /** With random weights, and the covariance of the difference with the control's mean. */
  readonly lift: AdjustedLift | Undefined;
}

const sizeOf = ({ control, treatment }: Stratum): number => control.n + treatment.n;

/**
 * The difference of two means, stratum by stratum, weighted by the strata's shares of all units, which takes out what
 * chance made of the mix. Every stratum needs two units in both variants: see {@link mergeThinStrata}.
 *
 * Sources: Miratrix, Sekhon & Yu (2013); Xie & Aurisset (2016); random weights as GrowthBook does.
 */
export const postStratify = (strata: readonly Stratum[], alpha: number): PostStratified | Undefined => {
  const units = strata.reduce((sum, stratum) => sum + sizeOf(stratum), 0);
  if (units === 0) return { kind: "undefined", reason: "no_data" };
  if (strata.some(({ control, treatment }) => control.n < 2 || treatment.n < 2))
    return { kind: "undefined", reason: "too_few_observations" };
  const weights = strata.map((stratum) => sizeOf(stratum) / units);
  const differences = strata.map(({ control, treatment }) => treatment.mean - control.mean);
  const sum = (of: (stratum: Stratum, weight: number, difference: number) => number): number =>
    strata.reduce((total, stratum, k) => total + of(stratum, weights[k]!, differences[k]!), 0);

  const difference = sum((_, weight, difference) => weight * difference);
  const controlMean = sum(({ control }, weight) => weight * control.mean);
  const ofControl = sum(({ control }, weight) => (weight * weight * control.variance) / control.n);
  const fixed = ofControl + sum(({ treatment }, weight) => (weight * weight * treatment.variance) / treatment.n);
  const random = fixed + sum((_, weight, each) => weight * (each - difference) ** 2) / units;
  const ofBaseline = ofControl + sum(({ control }, weight) => weight * (control.mean - controlMean) ** 2) / units;
  const covariance =
    sum(({ control }, weight, each) => weight * (each - difference) * (control.mean - controlMean)) / units - ofControl;
  const randomWeights = waldTest(difference, Math.sqrt(random), alpha);
  const lift = difference / controlMean;
  return {
    kind: "estimated",
    weights,
    differences,
    controlMean,
    difference,
    fixedWeights: waldTest(difference, Math.sqrt(fixed), alpha),
    randomWeights,
    lift: adjustedLift(
      randomWeights,
      controlMean,
      (random + lift * lift * ofBaseline - 2 * lift * covariance) / (controlMean * controlMean),
    ),
  };
};

/** Two samples as one (Chan, Golub & LeVeque, 1979). */
const union = (a: Sample, b: Sample): Sample => {
  const n = a.n + b.n;
  if (a.n === 0 || b.n === 0) return a.n === 0 ? b : a;
  const difference = b.mean - a.mean;
  const spread = (a.n - 1) * a.variance + (b.n - 1) * b.variance + difference * difference * a.n * (b.n / n);
  return { n, mean: a.mean + difference * (b.n / n), variance: spread / (n - 1) };
};

/** Fewer than two units, or none that differ, in either variant. */
const isThin = ({ control, treatment }: Stratum): boolean =>
  [control, treatment].some(({ n, variance }) => n < 2 || variance === 0);

/**
 * The strata with those that are too thin to have a variance merged into the largest of the others, so that every unit
 * stays in. Of only thin ones, a single stratum of all units.
 */
export const mergeThinStrata = (strata: readonly Stratum[]): Stratum[] => {
  const merge = (a: Stratum, b: Stratum): Stratum => ({
    control: union(a.control, b.control),
    treatment: union(a.treatment, b.treatment),
  });
  const [largest, ...others] = strata.filter((stratum) => !isThin(stratum)).sort((a, b) => sizeOf(b) - sizeOf(a));
  const thin = strata.filter(isThin);
  const [first, ...rest] = largest ? [largest, ...thin] : thin;
  return first ? [rest.reduce(merge, first), ...others] : [];
};
