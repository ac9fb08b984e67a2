import { type BetaBelief, betaNodes, logistic } from "./beta-posterior.ts";
import { incompleteBeta } from "./distributions/incomplete-beta.ts";
import { normalDensity, normalSf } from "./distributions/normal.ts";
import { gaussLegendre } from "./distributions/quadrature.ts";
import { lnBetaFactor } from "./distributions/saddle-point.ts";
import { panelAt, panelNodes, SHORTEST_SHARE } from "./peak-quadrature.ts";

/** One number a variant, in the order of the posteriors. */
export interface BestArm {
  /** Sums to 1. */
  readonly probabilityBest: readonly number[];
  /** Sums to 1, or is 0 for a single variant. */
  readonly probabilitySecondBest: readonly number[];
  /** E[highest] − E[this one]: what choosing it is expected to cost. */
  readonly expectedRegret: readonly number[];
}

/** A posterior at a value: the mass it has there, and its tails. */
interface Posterior {
  readonly mass: number;
  readonly lower: number;
  readonly upper: number;
}

/** A node of the quadrature over values, of which it stands for `width`. */
interface Point {
  readonly width: number;
  readonly posteriors: readonly Posterior[];
}

/** Of some posteriors: the probabilities that none, exactly one, and any at all is above a value. */
interface Above {
  readonly none: number;
  readonly one: number;
  readonly any: number;
}

const NOBODY: Above = { none: 1, one: 0, any: 0 };

const and = (some: Above, others: Above): Above => ({
  none: some.none * others.none,
  one: some.none * others.one + some.one * others.none,
  // Not 1 − none: that would lose the small regret of a variant that is all but certain to be best.
  any: some.any + others.any - some.any * others.any,
});

/**
 * P(best) = ∫ f_i ∏_{j≠i} F_j, P(second best) with exactly one of the others above, and the regret ∫ F_i (1 − ∏_{j≠i} F_j).
 */
const bestOf = (count: number, points: readonly Point[]): BestArm => {
  const best = Array<number>(count).fill(0);
  const second = [...best];
  const regret = [...best];
  for (const { width, posteriors } of points) {
    const singles = posteriors.map(({ lower, upper }): Above => ({ none: lower, one: upper, any: upper }));
    // What is above among those after each, then among those before it.
    const after = [NOBODY];
    for (const single of singles.slice(1).toReversed()) after.push(and(after.at(-1)!, single));
    let before = NOBODY;
    posteriors.forEach(({ mass, lower }, i) => {
      const others = and(before, after[count - 1 - i]!);
      best[i]! += mass * others.none;
      second[i]! += mass * others.one;
      regret[i]! += width * lower * others.any;
      before = and(before, singles[i]!);
    });
  }
  const total = best.reduce((sum, probability) => sum + probability, 0);
  return {
    probabilityBest: best.map((probability) => probability / total),
    probabilitySecondBest: second,
    expectedRegret: regret,
  };
};

const BELOW: Posterior = { mass: 0, lower: 1, upper: 0 };
const ABOVE: Posterior = { mass: 0, lower: 0, upper: 1 };

/** Beyond so many standard deviations a normal tail is nothing beside 1. */
const FARTHEST_SDS = 9;

/** Exact for the ties of up to 24 variants, which are polynomials. */
const TIE_NODES = 12;

/**
 * Which of some variants with independent normal posteriors is best: the highest, or the lowest where lower is better.
 * Standard deviations of 0 or more, however different; of equals without any, each is as likely to be best.
 */
export const bestArmGaussian = (means: readonly number[], sds: readonly number[], lowerIsBetter = false): BestArm => {
  const sign = lowerIsBetter ? -1 : 1;
  // From the best mean on, so that differences far smaller than the means are not lost.
  const origin = Math.max(...means.map((mean) => sign * mean));
  const arms = means.map((mean, i) => {
    const distance = sign * mean - origin;
    return { mean: distance, sd: sds[i]! > SHORTEST_SHARE * Math.abs(distance) ? sds[i]! : 0 };
  });
  const certain = arms.filter(({ sd }) => sd === 0).map(({ mean }) => mean);
  const spread = arms.filter(({ sd }) => sd > 0);
  // A panel ends at each value that is certain, so that no panel has a step inside.
  const ends = [...certain, ...spread.flatMap(({ mean, sd }) => [mean - FARTHEST_SDS * sd, mean + FARTHEST_SDS * sd])];
  const cuts = [...new Set([Math.min(...ends), ...certain, Math.max(...ends)])].toSorted((one, other) => one - other);
  const between = cuts.slice(1).flatMap((end, i) => panelNodes(cuts[i]!, end, (x) => panelAt(x, spread)));
  const ties = gaussLegendre(TIE_NODES);
  return bestOf(arms.length, [
    ...between.map(({ start, offset, weight }) => ({
      width: weight,
      posteriors: arms.map(({ mean, sd }) => {
        if (sd === 0) return start < mean ? ABOVE : BELOW;
        const z = (start - mean + offset) / sd;
        return { mass: (weight * normalDensity(z)) / sd, lower: normalSf(-z), upper: normalSf(z) };
      }),
    })),
    // Among those that are certain of the same value the order is drawn: `rank` is the share that is below.
    ...[...new Set(certain)].flatMap((value) =>
      Array.from(ties.nodes, (node, i) => {
        const rank = (1 + node) / 2;
        return {
          width: 0,
          posteriors: arms.map(({ mean, sd }) => {
            const z = (value - mean) / sd;
            if (sd > 0) return { mass: 0, lower: normalSf(-z), upper: normalSf(z) };
            if (value === mean) return { mass: ties.weights[i]! / 2, lower: rank, upper: 1 - rank };
            return value < mean ? ABOVE : BELOW;
          }),
        };
      }),
    ),
  ]);
};

/** Which of some variants with independent beta posteriors of their rates is best: the highest, or the lowest where lower is better. */
export const bestArmBeta = (posteriors: readonly BetaBelief[], lowerIsBetter = false): BestArm => {
  const beliefs = lowerIsBetter ? posteriors.map(({ a, b }) => ({ a: b, b: a })) : posteriors;
  return bestOf(
    beliefs.length,
    betaNodes(beliefs).map(({ start, offset, weight }) => {
      const [x, y] = [logistic(start + offset), logistic(-start - offset)];
      return {
        width: weight * x * y,
        posteriors: beliefs.map(({ a, b }) => {
          const { lnLower, lnUpper } = incompleteBeta(a, b, x, y);
          return {
            mass: weight * Math.exp(lnBetaFactor(a, b, x, y)),
            lower: Math.exp(lnLower),
            upper: Math.exp(lnUpper),
          };
        }),
      };
    }),
  );
};
