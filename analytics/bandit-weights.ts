/** All weights together, in basis points. */
const ALL = 10_000;

/** Below this many units in any variant a posterior says too little to move traffic by. */
const UNITS_BEFORE_FIRST_REWEIGHT = 100;

const uniform = (count: number): number[] => Array.from({ length: count }, () => 1 / count);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Traffic by (P(best) + P(second best)) / 2: at most half to any variant, so that the runner-up is measured as well. */
export const topTwoShares = (best: readonly number[], second: readonly number[]): readonly number[] =>
  best.length === 1 ? [1] : best.map((probability, i) => (probability + second[i]!) / 2);

/**
 * The allocation of top-two Thompson sampling with β = ½: half of the time the best of a draw, otherwise the best of a
 * draw in which another one is best. Source: D. Russo, "Simple Bayesian algorithms for best-arm identification" (2020).
 */
export const russoTopTwoShares = (best: readonly number[]): readonly number[] => {
  if (best.length === 1) return [1];
  return best.map((probability, i) => {
    const challenges = best.map((leader, j) => {
      if (i === j) return 0;
      // 1 − P_j, as a sum: a leader that is all but certain leaves nothing of it in 1 − P_j.
      const others = sumOf(best.filter((_, l) => l !== j));
      return others > 0 ? leader * (probability / others) : leader / (best.length - 1);
    });
    return (probability + sumOf(challenges)) / 2;
  });
};

/**
 * The optimistic value of each variant: mean + scale·√(2 ln N / n), Infinity for one that nobody saw. The one with the
 * highest is shown next. Source: P. Auer, N. Cesa-Bianchi and P. Fischer, UCB1 (2002).
 */
export const ucb1 = (means: readonly number[], units: readonly number[], scale: number): readonly number[] => {
  const twiceLn = 2 * Math.log(sumOf(units));
  return means.map((mean, i) => (units[i] === 0 ? Infinity : mean + scale * Math.sqrt(twiceLn / units[i]!)));
};

/** `epsilon` (0–1) shared by all variants, and the rest by those with the highest value. */
export const epsilonGreedyShares = (values: readonly number[], epsilon: number): readonly number[] => {
  const highest = Math.max(...values);
  const ties = values.filter((value) => value === highest).length;
  return values.map((value) => epsilon / values.length + (value === highest ? (1 - epsilon) / ties : 0));
};

/** Shares with at least `floor` for each, in the same order of size; a floor that leaves nothing to share out makes all equal. */
export const withFloor = (shares: readonly number[], floor: number): readonly number[] => {
  const rest = 1 - shares.length * floor;
  return rest > 0 ? shares.map((share) => floor + rest * share) : uniform(shares.length);
};

/** Whole numbers as near to `total` · shares as whole numbers that sum to `total` can be: by largest remainder. */
const apportion = (shares: readonly number[], total: number): number[] => {
  const sum = sumOf(shares);
  const exact = shares.map((share) => (share / sum) * total);
  const whole = exact.map(Math.floor);
  const byRemainder = exact.map((_, i) => i).toSorted((i, j) => exact[j]! - whole[j]! - (exact[i]! - whole[i]!));
  for (const i of byRemainder.slice(0, total - sumOf(whole))) whole[i]! += 1;
  return whole;
};

/**
 * A bandit's weights for its next period, in basis points that sum to 10 000, each at least `floor` (a share, 0–1).
 *
 * `shares` is where the strategy would send traffic. Weights stay equal until every variant has 100 units, so always in
 * the first period: `units` counts from the bandit's start. They are equal too where a floor leaves nothing to share out.
 */
export const nextWeights = (shares: readonly number[], units: readonly number[], floor: number): readonly number[] => {
  const lowest = Math.ceil(floor * ALL - 1e-9);
  const rest = ALL - shares.length * lowest;
  const early = shares.some((_, i) => !((units[i] ?? 0) >= UNITS_BEFORE_FIRST_REWEIGHT));
  if (early || rest <= 0 || !(sumOf(shares) > 0)) return apportion(uniform(shares.length), ALL);
  return apportion(shares, rest).map((weight) => lowest + weight);
};
