import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import { daysOf } from "./by-slice.ts";
import { normalUpperQuantile } from "./distributions/normal.ts";
import { sampleOf } from "./sample-of.ts";
import { type Counts, exposedIn } from "./tally.ts";
import { sumOf } from "./sum.ts";
import { DAY_MS } from "./day.ts";

const WEEK = 7;
/** Of the range of days. */
const LEVEL = 0.05;
/** What takes longer than this is not known to end. */
const MOST_DAYS = 3650;

/** New units a day, as a range that holds for 95 % of weeks like the last. */
export type Pace = readonly [low: number, high: number];

/** How many times a Poisson count's variance the whole days vary by; 1 at the least. */
const dispersionOf = (days: readonly number[]): number => {
  const { mean, variance } = sampleOf(days);
  return mean > 0 ? Math.max(1, variance / mean) : 1;
};

/**
 * The pace of the last seven days, today's part included. Counts vary as a Poisson variable's do, times what the days of the week add.
 * Undefined within the first day, and where nobody came.
 */
export const dailyPace = (plan: AnalysisPlan, counts: Counts, startMs: number, asOfMs: number): Pace | undefined => {
  const today = Math.floor(asOfMs / DAY_MS);
  const first = Math.max(today - WEEK, Math.floor(startMs / DAY_MS));
  const span = (asOfMs - Math.max(first * DAY_MS, startMs)) / DAY_MS;
  if (!(span >= 1)) return undefined;
  const units = new Map(daysOf(plan, counts).map(({ day, tally }) => [day, exposedIn(tally, plan.variants)]));
  const days = Array.from({ length: today - first + 1 }, (_, index) => units.get(first + index) ?? 0);
  const total = sumOf(days, (n) => n);
  if (total === 0) return undefined;
  const whole = days.slice(first * DAY_MS < startMs ? 1 : 0, -1);
  // √ of a Poisson count has a variance of ¼ whatever its mean (Anscombe 1948).
  const half = (normalUpperQuantile(LEVEL / 2) / 2) * Math.sqrt(dispersionOf(whole));
  const root = Math.sqrt(total + 3 / 8);
  return [Math.max(0, root - half) ** 2 / span, (root + half) ** 2 / span];
};

/** The days until `rest` more units have come: a range; null where that is not known. */
export const daysToReach = (rest: number, pace: Pace | undefined): [number, number] | null => {
  if (rest <= 0) return [0, 0];
  if (!pace) return null;
  const [low, high] = pace;
  const most = Math.ceil(rest / low);
  return most <= MOST_DAYS ? [Math.ceil(rest / high), most] : null;
};
