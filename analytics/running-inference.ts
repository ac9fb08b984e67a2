import type { Interval, Undefined } from "./difference.ts";
import type { AnytimeTest } from "./msprt.ts";

/** What anytime-valid tests of all looks so far say together. */
export interface RunningInference {
  /** The smallest p-value so far. */
  readonly pValue: number;
  readonly lnPValue: number;
  /** What all intervals so far have in common; its low is above its high when that is nothing. */
  readonly intersection: Interval;
  /** No effect is in all intervals: it changes with time, or something else has. */
  readonly moved: boolean;
  /** The intersection, or this look's interval once the effect has moved. */
  readonly interval: Interval;
}

const EVERYTHING: Interval = [-Infinity, Infinity];

export const NO_LOOK: RunningInference = {
  pValue: 1,
  lnPValue: 0,
  intersection: EVERYTHING,
  moved: false,
  interval: EVERYTHING,
};

/** Adds a look. One without a standard error says nothing and changes nothing. */
export const addLook = (before: RunningInference, test: AnytimeTest | Undefined): RunningInference => {
  if (test.kind === "undefined") return before;
  const lnPValue = Math.min(before.lnPValue, test.lnPValue);
  const low = Math.max(before.intersection[0], test.interval[0]);
  const high = Math.min(before.intersection[1], test.interval[1]);
  const moved = low > high;
  return {
    pValue: Math.exp(lnPValue),
    lnPValue,
    intersection: [low, high],
    moved,
    interval: moved ? test.interval : [low, high],
  };
};
