/** How long an experiment takes. */
export type Duration =
  | {
      readonly kind: "finite";
      readonly days: number;
      /** Whole weeks, so that every day of the week counts as often. */
      readonly weeks: number;
    }
  /** Too few units come for it ever to end. */
  | { readonly kind: "endless" };

const WEEK = 7;

/** A quotient of doubles this close above a whole number is that number. */
const ROUNDING = 1e-12;

const finite = (days: number): Duration => ({ kind: "finite", days, weeks: Math.ceil(days / WEEK) });

/**
 * The days until `units` of all variants together have come. `dailyUnits` are the *new* units that enter the experiment on its
 * first day, its second and so on, as observed or expected; those of its last week go on. New units become fewer as the
 * regular ones have come, so that one number for every day is too hopeful.
 */
export const durationOf = (units: number, dailyUnits: readonly number[]): Duration => {
  let rest = units;
  for (const [day, daily] of dailyUnits.entries()) {
    if (rest <= units * ROUNDING) return finite(day);
    rest -= daily;
  }
  if (rest <= units * ROUNDING) return finite(dailyUnits.length);
  const lately = dailyUnits.slice(-WEEK);
  const daily = lately.reduce((sum, count) => sum + count, 0) / lately.length;
  // Not above 0 either where nothing is known.
  if (!(daily > 0)) return { kind: "endless" };
  return finite(dailyUnits.length + Math.ceil((rest / daily) * (1 - ROUNDING)));
};
