/** Differences that equal the observed one but for rounding are as large. */
const SLACK = 1 - 1e-9;

/**
 * The two-sided p-value of a difference of means by assigning treatment anew `rounds` times, within strata where blocks name one:
 * (1 + those as large) / (1 + rounds), which holds without any model of the values. Undefined where a side is empty.
 * `random` gives numbers in [0, 1); seed it, so that the same data give the same answer. Source: R. A. Fisher (1935).
 */
export const randomisationTest = (
  blocks: readonly { readonly treated: boolean; readonly value: number; readonly stratum?: string }[],
  random: () => number,
  rounds: number,
): number | undefined => {
  const treatedCount = blocks.filter(({ treated }) => treated).length;
  const controlCount = blocks.length - treatedCount;
  if (treatedCount === 0 || controlCount === 0) return undefined;
  const mean = blocks.reduce((sum, { value }) => sum + value / blocks.length, 0);
  const strata = [...Map.groupBy(blocks, ({ stratum }) => stratum).values()].map((stratum) => ({
    values: stratum.map(({ value }) => value - mean),
    treated: stratum.filter(({ treated }) => treated).length,
  }));
  // Of values less their mean the difference of means is this sum times a constant.
  const observed = blocks.reduce((sum, { treated, value }) => sum + (treated ? value - mean : 0), 0);
  let asLarge = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (const { values, treated } of strata)
      for (let i = 0; i < treated; i++) {
        const other = i + Math.floor(random() * (values.length - i));
        const drawn = values[other] ?? 0;
        values[other] = values[i] ?? 0;
        values[i] = drawn;
        sum += drawn;
      }
    if (Math.abs(sum) >= Math.abs(observed) * SLACK) asLarge++;
  }
  return (1 + asLarge) / (1 + rounds);
};
