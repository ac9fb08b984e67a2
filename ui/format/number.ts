const MINUS = "−";

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

/** A share of 1 as a percentage: 0.0912 is `9.12%`. */
export const formatPercent = (share: number, decimals: number): string => `${formatNumber(share * 100, decimals)}%`;

/** A relative change with its sign: 0.072 is `+7.2%`, −0.072 is `−7.2%`, and what rounds to nothing has no sign. */
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

/** `p = 0.78`, `p < 0.001`: two digits that matter, never a false exactness. */
export const formatPValue = (p: number): string => {
  if (p < 0.001) return "p < 0.001";
  return `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`;
};

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
