import type { Interval, Undefined } from "./difference.ts";
import type { AnytimeTest } from "./msprt.ts";

/** What an anytime-valid test says at a look, or those of several looks together. */
export type AnytimeLook = Pick<AnytimeTest, "lnPValue" | "interval">;

/** The smallest p-value, and what the intervals have in common: its low is above its high when that is nothing. */
export const inCommon = (a: AnytimeLook, b: AnytimeLook): AnytimeLook => ({
  lnPValue: Math.min(a.lnPValue, b.lnPValue),
  interval: [Math.max(a.interval[0], b.interval[0]), Math.min(a.interval[1], b.interval[1])],
});

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
  const { lnPValue, interval } = inCommon({ lnPValue: before.lnPValue, interval: before.intersection }, test);
  const moved = interval[0] > interval[1];
  return {
    pValue: Math.exp(lnPValue),
    lnPValue,
    intersection: interval,
    moved,
    interval: moved ? test.interval : interval,
  };
};
