import type { Results } from "../../contract/results.ts";
import { formatNumber, formatPercent, formatPValue } from "../format/number.ts";
import { formatAgo, formatDay } from "../format/time.ts";
import type { Tone } from "../parts/tone.ts";

/** One thing that must hold before any number may be believed. */
export interface TrustCheck {
  readonly sign: string;
  readonly tone: Tone;
  readonly text: string;
}

const OK = { sign: "✓", tone: "good" } as const;
const BAD = { sign: "✕", tone: "bad" } as const;
const LOOK = { sign: "!", tone: "warn" } as const;
const OPEN = { sign: "…", tone: "neutral" } as const;

const STALE_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** `50/50`, `33/33/33`, `12.5/87.5`: planned shares, with a decimal only where a whole number would say something else. */
export function splitWords(shares: readonly number[]): string {
  const off = Math.max(...shares.map((share) => Math.abs(share * 100 - Math.round(share * 100))));
  return shares.map((share) => formatNumber(share * 100, off < 0.4 ? 0 : 1)).join("/");
}

type Checked = Pick<Results, "health" | "variants" | "as_of" | "progress">;

const isExposed = ({ variants }: Checked): boolean => variants.some((variant) => variant.exposures > 0);

function splitCheck(results: Checked): TrustCheck {
  const { srm } = results.health;
  const split = splitWords(results.variants.map((variant) => variant.expected_share));
  const p = srm.sequential_p_value ?? srm.p_value;
  if (!srm.ok) return { ...BAD, text: `Split is not ${split}${p === null ? "" : ` (${formatPValue(p)})`}` };
  return p === null || !isExposed(results)
    ? { ...OPEN, text: `Split ${split} not checked yet` }
    : { ...OK, text: `Split matches ${split} (${formatPValue(p)})` };
}

function crossoverCheck(results: Checked): TrustCheck {
  const { crossovers } = results.health;
  if (!isExposed(results) && crossovers.units === 0) return { ...OPEN, text: "Crossovers not checked yet" };
  return { ...(crossovers.ok ? OK : LOOK), text: `Crossovers ${formatPercent(crossovers.share, 1)}` };
}

function flowCheck(results: Checked, over: boolean): TrustCheck {
  const { last_day, stale } = results.health.data;
  if (last_day === null) return { ...OPEN, text: "No data yet" };
  if (stale) return { ...LOOK, text: `Nobody new since ${formatDay(last_day)}` };
  return over
    ? { ...OK, text: `Data up to ${formatDay(last_day)}` }
    : { ...OK, text: `Data flowing, last on ${formatDay(last_day)}` };
}

/** Whole weeks in the data, so that every day of the week weighs the same; undefined before anyone was exposed. */
export function fullWeeks({ health, progress }: Pick<Results, "health" | "progress">): number | undefined {
  const { first_day, last_day } = health.data;
  if (progress === null || first_day === null || last_day === null) return undefined;
  const withData = (Date.parse(last_day) - Date.parse(first_day)) / DAY_MS + 1;
  const { day, planned_days, days_left } = progress;
  // The days left may be those to an end before the planned one.
  const over = day === planned_days && days_left === 0 ? planned_days : day - 1;
  return Math.floor(Math.min(withData, over) / 7);
}

function weeksCheck(results: Checked, over: boolean): TrustCheck {
  const weeks = fullWeeks(results);
  if (weeks === undefined) return { ...OPEN, text: "Full weeks 0" };
  return { ...(weeks > 0 ? OK : over ? LOOK : OPEN), text: `Full weeks ${weeks}` };
}

function pastCheck({ health }: Checked): TrustCheck {
  const smallest = Math.min(...health.pre_period.map(({ p_value }) => p_value));
  if (health.pre_period.length === 0) return { ...OPEN, text: "Pre-period not known" };
  return health.pre_period.every(({ ok }) => ok)
    ? { ...OK, text: `Pre-period alike (${formatPValue(smallest)})` }
    : { ...LOOK, text: `Pre-period differs (${formatPValue(smallest)})` };
}

/** The strip under the verdict; always all of it, also when everything is well. */
export function trustChecks(
  results: Checked,
  now: number,
  state: {
    /** The last try to get newer numbers failed, or none can be made. */
    readonly cutOff?: boolean;
    /** Nobody new comes in any more. */
    readonly over?: boolean;
  } = {},
): TrustCheck[] {
  const { cutOff = false, over = false } = state;
  const age = now - Date.parse(results.as_of);
  const { interference } = results.health;
  return [
    splitCheck(results),
    crossoverCheck(results),
    flowCheck(results, over),
    isExposed(results) || cutOff
      ? { ...(cutOff || age > STALE_MS ? LOOK : OK), text: `Data as of ${formatAgo(Math.max(0, age))}` }
      : { ...OPEN, text: "Not fresh yet" },
    weeksCheck(results, over),
    pastCheck(results),
    ...(interference === null || interference.ok
      ? []
      : [{ ...LOOK, text: `Interference (${formatPValue(interference.p_value)})` }]),
  ];
}
