import { BUCKETS } from "../../core/bucket.ts";
import { Problem } from "../http/problem.ts";

/** A range of a layer's buckets, inclusive at both ends. */
export interface Range {
  readonly range_start: number;
  readonly range_end: number;
}

export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((size, { range_start, range_end }) => size + range_end - range_start + 1, 0);

/** The same buckets in as few ranges as can be, lowest first. */
export const merged = (ranges: readonly Range[]): Range[] => {
  const result: Range[] = [];
  for (const { range_start, range_end } of ranges.toSorted((a, b) => a.range_start - b.range_start)) {
    const last = result.at(-1);
    if (last && range_start <= last.range_end + 1)
      result[result.length - 1] = { range_start: last.range_start, range_end: Math.max(last.range_end, range_end) };
    else result.push({ range_start, range_end });
  }
  return result;
};

/** The buckets of a layer that are in none of the ranges. */
export const freeOf = (taken: readonly Range[]): Range[] => {
  const free: Range[] = [];
  let next = 0;
  for (const { range_start, range_end } of merged(taken)) {
    if (range_start > next) free.push({ range_start: next, range_end: range_start - 1 });
    next = range_end + 1;
  }
  if (next < BUCKETS) free.push({ range_start: next, range_end: BUCKETS - 1 });
  return free;
};

/** The lowest `count` buckets of the ranges; fewer when there are not so many. */
export const lowest = (ranges: readonly Range[], count: number): Range[] => {
  const result: Range[] = [];
  let left = count;
  for (const { range_start, range_end } of merged(ranges)) {
    if (left <= 0) break;
    const end = Math.min(range_end, range_start + left - 1);
    result.push({ range_start, range_end: end });
    left -= end - range_start + 1;
  }
  return result;
};

export const isOverlapping = (a: Range, b: Range): boolean =>
  a.range_start <= b.range_end && b.range_start <= a.range_end;

/** Whether every bucket of `inner` is in `outer`. */
export const isWithin = (inner: readonly Range[], outer: readonly Range[]): boolean =>
  sizeOf(merged([...outer, ...inner])) === sizeOf(merged(outer));

const inWords = (ranges: readonly Range[]): string =>
  ranges.length === 0 ? "none" : ranges.map(({ range_start, range_end }) => `${range_start}–${range_end}`).join(", ");

/** What an experiment asks of its layer: a share of the buckets, or exact ones. */
export type Wanted = { readonly traffic: number } | { readonly slots: readonly Range[] };

/**
 * The buckets that an experiment gets in a layer where others hold some.
 *
 * `kept` are buckets it holds already and keeps; a share counts them and appends the lowest free ones. Throws 422
 * `layer_full` when a share does not fit, saying what is free, 422 `slot_taken` when exact buckets are held by others,
 * naming the holder, and 400 `invalid_request` for a share of less than one bucket.
 */
export const allocate = (
  wanted: Wanted,
  layerKey: string,
  held: readonly (Range & { readonly experiment_key: string })[],
  kept: readonly Range[] = [],
): Range[] => {
  if ("traffic" in wanted) {
    const count = Math.round(wanted.traffic * BUCKETS);
    if (count < 1)
      throw new Problem(400, "invalid_request", "traffic: The smallest share is 0.0001, one bucket of 10,000.", {
        errors: [{ path: "traffic", message: "The smallest share is 0.0001, one bucket of 10,000." }],
      });
    const free = freeOf([...held, ...kept]);
    const missing = count - sizeOf(kept);
    if (missing > sizeOf(free)) {
      const message =
        `The layer ${layerKey} has ${sizeOf(free)} of its ${BUCKETS} buckets free (${inWords(free)}), ` +
        `and this takes ${missing}. Ask for a traffic of at most ${(sizeOf(free) + sizeOf(kept)) / BUCKETS}, or use another layer.`;
      throw new Problem(422, "layer_full", message, { errors: [{ path: "traffic", message }] });
    }
    return merged([...kept, ...lowest(free, missing)]);
  }
  const errors = wanted.slots.flatMap((slot, index) => {
    const holder = held.find((range) => isOverlapping(slot, range));
    if (!holder) return [];
    const message = `The buckets ${inWords([holder])} of the layer ${layerKey} are held by the experiment ${holder.experiment_key}; free are ${inWords(freeOf(held))}.`;
    return [{ path: `slots.${index}`, message }];
  });
  if (errors[0]) throw new Problem(422, "slot_taken", `${errors[0].path}: ${errors[0].message}`, { errors });
  return merged(wanted.slots);
};
