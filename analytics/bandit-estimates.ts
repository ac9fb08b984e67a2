import type { Estimate, Undefined } from "./difference.ts";
import type { Sample } from "./welch.ts";

/** A variant in a period during which the weights did not change. */
export interface PeriodVariant extends Sample {
  /** Its share of traffic in the period, above 0 where it has units. */
  readonly allocation: number;
}

/** The mean of a variant whose weight changed with its results. */
export interface BanditEstimate {
  readonly kind: "estimated";
  /** All units alike. Biased downwards: a variant that looked bad by chance got no traffic to make up for it. */
  readonly naiveMean: number;
  /** Units weighted by the inverse of their chance to be in the variant (Hájek 1971). */
  readonly hajekMean: number;
  /**
   * The mean of the periods' means, each weighted by all units of the period, and its variance Σ(N_t/N)²·s²/n. The
   * variance is undefined while a period has a single unit of the variant.
   */
  readonly stratified: Pick<Estimate, "mean"> & { readonly variance: number | undefined };
}

const total = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((sum, row) => sum + of(row), 0);

/**
 * Each variant's mean under weights that changed between periods. `periods` holds the same variants in the same order.
 * Periods in which a variant has no unit say nothing of it and are left out of its estimates.
 */
export const banditEstimates = (
  periods: readonly (readonly PeriodVariant[])[],
): readonly (BanditEstimate | Undefined)[] =>
  (periods[0] ?? []).map((_, i) => {
    const seen = periods.flatMap((variants) => {
      const variant = variants[i];
      return variant && variant.n > 0 ? [{ ...variant, size: total(variants, ({ n }) => n) }] : [];
    });
    if (seen.length === 0) return { kind: "undefined", reason: "no_data" };
    const all = total(seen, ({ size }) => size);
    return {
      kind: "estimated",
      naiveMean: total(seen, ({ n, mean }) => n * mean) / total(seen, ({ n }) => n),
      hajekMean:
        total(seen, ({ n, mean, allocation }) => (n / allocation) * mean) /
        total(seen, ({ n, allocation }) => n / allocation),
      stratified: {
        mean: total(seen, ({ size, mean }) => (size / all) * mean),
        variance: seen.some(({ n }) => n < 2)
          ? undefined
          : total(seen, ({ size, variance, n }) => ((size / all) ** 2 * variance) / n),
      },
    };
  });
