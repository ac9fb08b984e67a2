/** `goal >= 20: 52.1 yes` */
export const atLeast = (goal: number, value: number, digits = 1): string =>
  `goal >= ${goal}: ${value.toFixed(digits)} ${value >= goal ? "yes" : "NO"}`;

/** `goal <= 40 KB: 31.0 yes` */
export const atMost = (goal: number, value: number, { digits = 1, unit = "" } = {}): string =>
  `goal <= ${goal}${unit && ` ${unit}`}: ${value.toFixed(digits)} ${value <= goal ? "yes" : "NO"}`;

/** One line of a table: a title, then columns of equal width. */
export const row = (title: string, ...columns: readonly (string | number)[]): string =>
  title.padEnd(44) + columns.map((column) => String(column).padStart(14)).join("");

/** Digits that say something, whatever the size. */
export const figure = (value: number): string =>
  value >= 1_000 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
