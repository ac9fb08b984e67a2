/** Pairs that share less than this of their units are not worth a test of interaction. */
export const LEAST_OVERLAP = 0.05;

const share = (part: number, rest: number): number | undefined =>
  part + rest === 0 ? undefined : part / (part + rest);

/** |both| / |either| of two experiments' units, by those in both and in one only; undefined of no units. Source: P. Jaccard (1912). */
export const jaccardOf = (both: number, firstOnly: number, secondOnly: number): number | undefined =>
  share(both, firstOnly + secondOnly);

/** How far two experiments have the same units; shares are 0–1, undefined of no units. */
export interface Overlap {
  /** |both| / |either|. */
  readonly jaccard: number | undefined;
  /** |both| / |first|. */
  readonly shareOfFirst: number | undefined;
  /** |both| / |second|. */
  readonly shareOfSecond: number | undefined;
}

/** The overlap of two experiments by units in both and in one only. */
export const overlapOf = (both: number, firstOnly: number, secondOnly: number): Overlap => ({
  jaccard: jaccardOf(both, firstOnly, secondOnly),
  shareOfFirst: share(both, firstOnly),
  shareOfSecond: share(both, secondOnly),
});
