/** Whether arrays and objects lie in one another deeper than `limit`. Walks level by level, so depth costs it no stack. */
export const isNestedDeeperThan = (limit: number, value: unknown): boolean => {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= limit; depth++) {
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
};
