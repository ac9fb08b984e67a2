import type { Results } from "../../contract/results.ts";
import { formatNumber, formatPercent, formatPValue } from "../format/number.ts";
import { formatAgo } from "../format/time.ts";
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

/** Above this share of crossovers the units left out may bend the result. */
const MAX_CROSSOVER_SHARE = 0.01;
const STALE_MS = 15 * 60_000;

/** `50/50`, `33/33/33`, `12.5/87.5`: planned shares, with a decimal only where a whole number would say something else. */
export function splitWords(shares: readonly number[]): string {
  const off = Math.max(...shares.map((share) => Math.abs(share * 100 - Math.round(share * 100))));
  return shares.map((share) => formatNumber(share * 100, off < 0.4 ? 0 : 1)).join("/");
}

/** The strip under the verdict; always all of it, also when everything is well. */
export function trustChecks(
  results: Pick<Results, "health" | "variants" | "as_of">,
  now: number,
  /** The last try to get newer numbers failed, or none can be made. */
  cutOff = false,
): TrustCheck[] {
  const { srm, crossovers } = results.health;
  const split = splitWords(results.variants.map((variant) => variant.expected_share));
  const crossoverText = `Crossovers ${formatPercent(crossovers.share, 1)}`;
  const exposed = results.variants.some((variant) => variant.exposures > 0);
  const age = now - Date.parse(results.as_of);
  return [
    srm.p_value === null || !exposed
      ? { ...OPEN, text: `Split ${split} not checked yet` }
      : srm.ok
        ? { ...OK, text: `Split matches ${split} (${formatPValue(srm.p_value)})` }
        : { ...BAD, text: `Split is not ${split} (${formatPValue(srm.p_value)})` },
    !exposed && crossovers.units === 0
      ? { ...OPEN, text: "Crossovers not checked yet" }
      : { ...(crossovers.share > MAX_CROSSOVER_SHARE ? LOOK : OK), text: crossoverText },
    exposed || cutOff
      ? { ...(cutOff || age > STALE_MS ? LOOK : OK), text: `Data as of ${formatAgo(Math.max(0, age))}` }
      : { ...OPEN, text: "No data yet" },
  ];
}
