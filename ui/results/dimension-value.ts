/** A dimension's value as it is shown: `""` is that of units without the attribute, null all that are not kept apart. */
export const valueWords = (value: string | null): string =>
  value === null ? "All other values" : value === "" ? "(not known)" : value;
