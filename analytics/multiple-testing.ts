import type { Correction } from "../contract/analysis-settings.ts";
import type { DifferenceTest } from "./difference.ts";

/** 0 once it is below the smallest double; its logarithm goes on. */
export type PValue = Pick<DifferenceTest, "pValue" | "lnPValue">;

/** The hypotheses that are answered together, in any order; null for those that could not be tested, which do not count. */
export type PValues = readonly (PValue | null)[];

const times = ({ pValue, lnPValue }: PValue, factor: number): PValue => ({
  pValue: Math.min(1, factor * pValue),
  lnPValue: Math.min(0, lnPValue + Math.log(factor)),
});

/** Applies `adjust` to the p-values that there are, from the smallest up, and gives what it makes of them in their order. */
const inOrder = (
  pValues: PValues,
  adjust: (sorted: readonly PValue[], count: number) => readonly PValue[],
): (PValue | null)[] => {
  const order = [...pValues.keys()]
    .filter((index) => pValues[index])
    .sort((a, b) => pValues[a]!.lnPValue - pValues[b]!.lnPValue);
  const adjusted: (PValue | null)[] = pValues.map(() => null);
  adjust(
    order.map((index) => pValues[index]!),
    order.length,
  ).forEach((p, rank) => (adjusted[order[rank]!] = p));
  return adjusted;
};

/** Of all p-values up to each, the one that is chosen. */
const running = (pValues: readonly PValue[], isBetter: (a: number, b: number) => boolean): PValue[] => {
  let best: PValue | undefined;
  return pValues.map((p) => (best = best && !isBetter(p.lnPValue, best.lnPValue) ? best : p));
};

/** m·p: the chance of even one false rejection is at most α, whatever the dependence. */
export const bonferroni = (pValues: PValues): (PValue | null)[] =>
  inOrder(pValues, (sorted, m) => sorted.map((p) => times(p, m)));

/** What Bonferroni promises, rejecting more. Source: S. Holm (1979). */
export const holm = (pValues: PValues): (PValue | null)[] =>
  inOrder(pValues, (sorted, m) =>
    running(
      sorted.map((p, rank) => times(p, m - rank)),
      (a, b) => a > b,
    ),
  );

/**
 * The expected share of false rejections among all is at most α, for hypotheses that are independent or positively
 * dependent. Source: Y. Benjamini & Y. Hochberg (1995).
 */
export const benjaminiHochberg = (pValues: PValues): (PValue | null)[] =>
  inOrder(pValues, (sorted, m) =>
    running(sorted.map((p, rank) => times(p, m / (rank + 1))).toReversed(), (a, b) => a < b).toReversed(),
  );

const METHODS: Record<Correction, (pValues: PValues) => readonly (PValue | null)[]> = {
  none: (pValues) => pValues,
  bonferroni,
  holm,
  benjamini_hochberg: benjaminiHochberg,
};

/** By the correction that a plan names. */
export const adjustedBy = (correction: Correction, pValues: PValues): readonly (PValue | null)[] =>
  METHODS[correction](pValues);
