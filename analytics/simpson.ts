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

const meanOf = (segments: readonly SegmentTotals[], side: keyof SegmentTotals): number =>
  sumOf(segments, (segment) => segment[side].sum) / sumOf(segments, (segment) => segment[side].n);

/** Treatment's mean less control's over all units of some segments. */
const differenceOver = (segments: readonly SegmentTotals[]): number =>
  meanOf(segments, "treatment") - meanOf(segments, "control");

/** The segments' differences weighted by their units in both variants together. */
const standardisedDifference = (usable: readonly SegmentTotals[]): number => {
  const size = ({ control, treatment }: SegmentTotals): number => control.n + treatment.n;
  const units = sumOf(usable, size);
  return sumOf(usable, (segment) => (size(segment) / units) * differenceOver([segment]));
};

/**
 * Simpson's paradox: a difference that turns round when segments are looked at one by one, so that the aggregate says the opposite of the
 * standardised difference, or of every segment. Under correct randomisation it cannot be large, so it is an alarm about the data.
 *
 * Source: E. H. Simpson (1951).
 */
export const isReversed = (segments: readonly SegmentTotals[]): boolean => {
  const usable = usableOf(segments);
  const aggregate = differenceOver(segments);
  const negligible =
    ROUNDING * Math.max(Math.abs(meanOf(segments, "control")), Math.abs(meanOf(segments, "treatment")));
  const opposes = (value: number): boolean =>
    Math.min(Math.abs(value), Math.abs(aggregate)) > negligible && value > 0 !== aggregate > 0;
  return (
    usable.length > 0 &&
    (opposes(standardisedDifference(usable)) || usable.every((segment) => opposes(differenceOver([segment]))))
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
    aggregateDifference: differenceOver(segments),
    segmentDifferences: segments.map((segment) => (usable.includes(segment) ? differenceOver([segment]) : undefined)),
    standardisedDifference: standardisedDifference(usable),
    reversal: isReversed(segments),
    allocation: testIndependence(segments.map(({ control, treatment }) => [control.n, treatment.n])),
  };
};
