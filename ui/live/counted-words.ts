import type { Live } from "../../contract/live.ts";
import { formatCount, formatNumber } from "../format/number.ts";

type Metric = Live["metrics"][number];
type Counted = Metric["variants"][number];

const amount = (value: number): string => (Number.isInteger(value) ? formatCount(value) : formatNumber(value, 2));

const users = (n: number): string => `${formatCount(n)} user${n === 1 ? "" : "s"}`;

const quotient = (sum: number, by: number): string => (by === 0 ? "–" : amount(Math.round((sum / by) * 100) / 100));

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const duration = (seconds: number): string => {
  if (seconds < MINUTE) return `${quotient(seconds, 1)} s`;
  if (seconds < HOUR) return `${quotient(seconds, MINUTE)} min`;
  if (seconds < DAY) return `${quotient(seconds, HOUR)} h`;
  return `${quotient(seconds, DAY)} days`;
};

/** What has been counted of a metric in one variant: the number that stands for it, and what that is made of. */
export function countedWords(type: Metric["type"], { n, sum, denominator }: Counted): { main: string; detail: string } {
  switch (type) {
    case "conversion":
      return { main: formatCount(n), detail: "did it" };
    case "retention":
      return { main: formatCount(n), detail: "came back" };
    case "count":
    case "sum":
    case "quantile":
      return { main: amount(sum), detail: `from ${users(n)}` };
    case "mean":
    case "ratio":
      return { main: quotient(sum, denominator ?? 0), detail: `${amount(sum)} / ${amount(denominator ?? 0)}` };
    case "time_to_event":
  }
  return { main: n === 0 ? "–" : duration(sum / n), detail: `mean of ${users(n)}` };
}
