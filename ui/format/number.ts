const MINUS = "−";

/** A no-break space before the sign, as in the server's sentences: a number and its unit stay on one line. */
const PERCENT = "\u00A0%";

const grouped = (decimals: number): Intl.NumberFormat =>
  new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

const withMinus = (text: string): string => text.replace("-", MINUS);

/** `54,550` */
export const formatCount = (count: number): string => withMinus(grouped(0).format(count));

/** `1,840.50`: a plain number with a fixed number of decimals. */
export const formatNumber = (value: number, decimals: number): string => {
  const text = grouped(decimals).format(value);
  return withMinus(/^-[0.,]*$/.test(text) ? text.slice(1) : text);
};

/** A share of 1 as a percentage: 0.0912 is `9.12 %`. */
export const formatPercent = (share: number, decimals: number): string =>
  `${formatNumber(share * 100, decimals)}${PERCENT}`;

/** A relative change with its sign: 0.072 is `+7.2 %`, −0.072 is `−7.2 %`, and what rounds to nothing has no sign. */
export const formatChange = (share: number, decimals: number): string => {
  const text = formatPercent(share, decimals);
  return share > 0 && /[1-9]/.test(text) ? `+${text}` : text;
};

/** An absolute change with its sign. */
export const formatDifference = (value: number, decimals: number): string => {
  const text = formatNumber(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
};

/** Ticks of an axis of counts: `20k`, `1.5M`. */
export const formatCompact = (value: number): string =>
  withMinus(
    new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(value).replace("K", "k"),
  );

/** `p = 0.780`, `p < 0.001`: as in the server's sentences, so that one number never stands there in two ways. */
export const formatPValue = (p: number): string => (p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`);

/**
 * Parts of a whole as percentages that sum to exactly 100: each is rounded down, and the largest remainders get what is
 * missing. All are `–` while there is nothing to divide.
 */
export function formatShares(parts: readonly number[], decimals: number): string[] {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  if (whole === 0) return parts.map(() => "–");
  const steps = 100 * 10 ** decimals;
  const exact = parts.map((part) => (part / whole) * steps);
  const missing = steps - exact.reduce((sum, step) => sum + Math.floor(step), 0);
  const byRemainder = exact.map((_, index) => index).sort((a, b) => ((exact[b] ?? 0) % 1) - ((exact[a] ?? 0) % 1));
  const raised = new Set(byRemainder.slice(0, missing));
  return exact.map((step, index) => formatPercent((Math.floor(step) + (raised.has(index) ? 1 : 0)) / steps, decimals));
}

/**
 * Decimals for a column of relative changes: as many as the narrowest interval needs to show, 1 to 3.
 * One number for the whole column, so that its figures line up.
 */
export function changeDecimals(intervals: readonly { low: number; high: number }[]): number {
  const halfWidths = intervals.map(({ low, high }) => ((high - low) / 2) * 100).filter((width) => width > 0);
  if (halfWidths.length === 0) return 1;
  return Math.min(3, Math.max(1, Math.ceil(-Math.log10(Math.min(...halfWidths)))));
}

/** Decimals for rates shown as percentages: 2, or 3 when a rate is below 0.1 %. */
export const rateDecimals = (rates: readonly number[]): number =>
  rates.some((rate) => rate > 0 && rate < 0.001) ? 3 : 2;

/** Decimals for the means of one metric: fewer the larger they are, at most 3. */
export function meanDecimals(means: readonly number[]): number {
  const largest = Math.max(0, ...means.map(Math.abs));
  if (largest >= 1000) return 0;
  if (largest >= 100) return 1;
  return largest >= 1 || largest === 0 ? 2 : 3;
}

/** A probability, never as if it were certain: `97 %`, `> 99 %`, `< 1 %`. */
export function formatChance(chance: number): string {
  if (chance < 0.01) return `<\u00A01${PERCENT}`;
  return chance > 0.99 ? `>\u00A099${PERCENT}` : formatPercent(chance, 0);
}
