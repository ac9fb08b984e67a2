/** The number that a text stands for, with a decimal point or comma; undefined when it is none. */
export const numberOf = (text: string): number | undefined => {
  const trimmed = text.trim().replace(",", ".");
  return trimmed === "" || !Number.isFinite(Number(trimmed)) ? undefined : Number(trimmed);
};

/** Whether a text is a number within bounds. */
export function isNumberText(
  text: string,
  bounds: { readonly from?: number; readonly above?: number; readonly to: number; readonly whole?: boolean },
): boolean {
  const value = numberOf(text);
  if (value === undefined || value > bounds.to) return false;
  if (bounds.from !== undefined && value < bounds.from) return false;
  if (bounds.above !== undefined && value <= bounds.above) return false;
  return bounds.whole !== true || Number.isInteger(value);
}
