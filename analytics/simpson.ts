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

export interface SimpsonCheck {
  readonly kind: "estimated";
  /** Treatment's mean less control's over all units. */
  readonly aggregateDifference: number;
  /** One a segment; undefined where a variant has no units. */
  readonly segmentDifferences: readonly (number | undefined)[];
  /** The segments' differences weighted by their units in both variants together. */
  readonly standardisedDifference: number;
  /** Whether the aggregate says the opposite of the standardised difference, or of every segment. */
  readonly reversal: boolean;
  /** Whether the treatment's share is the same in every segment; if not, that is the cause. */
  readonly allocation: Independence | Undefined;
}

/** Differences this small beside the means are what rounding leaves of 0. */
const ROUNDING = 1e-14;

const meanOver = (totals: readonly Total[]): number =>
  sumOf(totals, (total) => total.sum) / sumOf(totals, ({ n }) => n);

/**
 * Simpson's paradox: a difference that turns round when segments are looked at one by one. Under correct randomisation
 * it cannot be large, so it is an alarm about the data. Source: E. H. Simpson (1951).
 */
export const checkSimpson = (segments: readonly SegmentTotals[]): SimpsonCheck | Undefined => {
  const usable = segments.filter(({ control, treatment }) => control.n > 0 && treatment.n > 0);
  if (usable.length === 0) return { kind: "undefined", reason: "no_data" };
  const difference = ({ control, treatment }: SegmentTotals): number =>
    treatment.sum / treatment.n - control.sum / control.n;
  const size = ({ control, treatment }: SegmentTotals): number => control.n + treatment.n;
  const units = sumOf(usable, (segment) => size(segment));

  const before = meanOver(segments.map(({ control }) => control));
  const after = meanOver(segments.map(({ treatment }) => treatment));
  const aggregateDifference = after - before;
  const standardisedDifference = usable.reduce(
    (sum, segment) => sum + (size(segment) / units) * difference(segment),
    0,
  );
  const negligible = ROUNDING * Math.max(Math.abs(before), Math.abs(after));
  const opposes = (value: number): boolean =>
    Math.min(Math.abs(value), Math.abs(aggregateDifference)) > negligible && value > 0 !== aggregateDifference > 0;
  return {
    kind: "estimated",
    aggregateDifference,
    segmentDifferences: segments.map((segment) => (usable.includes(segment) ? difference(segment) : undefined)),
    standardisedDifference,
    reversal: opposes(standardisedDifference) || usable.every((segment) => opposes(difference(segment))),
    allocation: testIndependence(segments.map(({ control, treatment }) => [control.n, treatment.n])),
  };
};
