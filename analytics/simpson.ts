import type { Undefined } from "./difference.ts";
import { type Independence, testIndependence } from "./independence.ts";
import { sumOf } from "./sum.ts";

/** `n` units and the total of what is measured over them: conversions, revenue. */
export interface Total {
  readonly n: number;
  readonly sum: number;
}

/** One segment's two variants. */
export interface SegmentTotals {
  readonly control: Total;
  readonly treatment: Total;
}

/** Differences this small beside the means are what rounding leaves of 0. */
const ROUNDING = 1e-14;

const usableOf = (segments: readonly SegmentTotals[]): readonly SegmentTotals[] =>
  segments.filter(({ control, treatment }) => control.n > 0 && treatment.n > 0);

const differenceIn = ({ control, treatment }: SegmentTotals): number =>
  treatment.sum / treatment.n - control.sum / control.n;

/** The totals of all segments together. */
const aggregateOf = (segments: readonly SegmentTotals[]): SegmentTotals => {
  const total = (side: keyof SegmentTotals): Total => ({
    n: sumOf(segments, (segment) => segment[side].n),
    sum: sumOf(segments, (segment) => segment[side].sum),
  });
  return { control: total("control"), treatment: total("treatment") };
};

/** The segments' differences weighted by their units in both variants together. */
const standardisedDifference = (usable: readonly SegmentTotals[]): number => {
  const size = ({ control, treatment }: SegmentTotals): number => control.n + treatment.n;
  const units = sumOf(usable, size);
  return sumOf(usable, (segment) => (size(segment) / units) * differenceIn(segment));
};

/**
 * Simpson's paradox: a difference that turns round when segments are looked at one by one, so that the aggregate says the opposite of the
 * standardised difference, or of every segment. Under correct randomisation it cannot be large, so it is an alarm about the data.
 *
 * Source: E. H. Simpson (1951).
 */
export const isReversed = (segments: readonly SegmentTotals[]): boolean => {
  const usable = usableOf(segments);
  const { control, treatment } = aggregateOf(segments);
  const aggregate = differenceIn({ control, treatment });
  const negligible = ROUNDING * Math.max(Math.abs(control.sum / control.n), Math.abs(treatment.sum / treatment.n));
  const opposes = (value: number): boolean =>
    Math.min(Math.abs(value), Math.abs(aggregate)) > negligible && value > 0 !== aggregate > 0;
  return (
    usable.length > 0 &&
    (opposes(standardisedDifference(usable)) || usable.every((segment) => opposes(differenceIn(segment))))
  );
};

export interface SimpsonCheck {
  readonly kind: "estimated";
  /** Treatment's mean less control's over all units. */
  readonly aggregateDifference: number;
  /** One a segment; undefined where a variant has no units. */
  readonly segmentDifferences: readonly (number | undefined)[];
  /** The segments' differences weighted by their units in both variants together. */
  readonly standardisedDifference: number;
  /** See {@link isReversed}. */
  readonly reversal: boolean;
  /** Whether the treatment's share is the same in every segment; if not, that is the cause. */
  readonly allocation: Independence | Undefined;
}

/** {@link isReversed} with all that it is told by. */
export const checkSimpson = (segments: readonly SegmentTotals[]): SimpsonCheck | Undefined => {
  const usable = usableOf(segments);
  if (usable.length === 0) return { kind: "undefined", reason: "no_data" };
  return {
    kind: "estimated",
    aggregateDifference: differenceIn(aggregateOf(segments)),
    segmentDifferences: segments.map((segment) => (usable.includes(segment) ? differenceIn(segment) : undefined)),
    standardisedDifference: standardisedDifference(usable),
    reversal: isReversed(segments),
    allocation: testIndependence(segments.map(({ control, treatment }) => [control.n, treatment.n])),
  };
};
