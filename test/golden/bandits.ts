import { z } from "zod";
import { banditEstimates } from "../../analytics/bandit-estimates.ts";
import {
  epsilonGreedyShares,
  russoTopTwoShares,
  topTwoShares,
  ucb1,
  withFloor,
} from "../../analytics/bandit-weights.ts";
import { bestArmBeta, bestArmGaussian } from "../../analytics/best-arm.ts";
import { betaPosterior } from "../../analytics/beta-posterior.ts";
import { computed, type Methods } from "./method.ts";

const Numbers = z.array(z.number());

const Gaussian = z.object({ posterior_means: Numbers, posterior_sds: Numbers, floor: z.number().default(0) });

const Beta = z.object({
  arms: z.array(z.object({ n: z.number(), conversions: z.number() })),
  prior_alpha: z.number().default(1),
  prior_beta: z.number().default(1),
});

const Arm = z.object({
  allocation: z.number(),
  n: z.number(),
  sum: z.number(),
  sum_squares: z.number().optional(),
});

const Indices = z.object({
  pulls: Numbers,
  means: Numbers,
  epsilon: z.number().default(0),
  ucb_scale: z.number().default(1),
  periods: z.array(z.object({ arms: z.array(Arm) })).default([]),
});

/** Without squares the values were 0 or 1. */
const periodVariant = ({ allocation, n, sum, sum_squares }: z.infer<typeof Arm>) => ({
  allocation,
  n,
  mean: n === 0 ? 0 : sum / n,
  variance: n < 2 ? 0 : ((sum_squares ?? sum) - (sum * sum) / n) / (n - 1),
});

export const bandits: Methods = {
  "Probability of being best / second best and expected regret among k Gaussian posteriors; Thompson, top-two and floored weights":
    computed((input) => {
      const { posterior_means, posterior_sds, floor } = Gaussian.parse(input);
      const result = bestArmGaussian(posterior_means, posterior_sds);
      return {
        probability_best: result.probabilityBest,
        probability_second_best: result.probabilitySecondBest,
        expected_regret: result.expectedRegret,
        thompson_weights: result.probabilityBest,
        top_two_weights: topTwoShares(result.probabilityBest, result.probabilitySecondBest),
        top_two_russo_weights: russoTopTwoShares(result.probabilityBest),
        floored_thompson_weights: withFloor(result.probabilityBest, floor),
      };
    }),

  "Probability of being best and expected regret among k Beta posteriors": computed((input) => {
    const { arms, prior_alpha, prior_beta } = Beta.parse(input);
    const result = bestArmBeta(arms.map((arm) => betaPosterior(arm, { a: prior_alpha, b: prior_beta })));
    return {
      probability_best: result.probabilityBest,
      probability_second_best: result.probabilitySecondBest,
      expected_regret: result.expectedRegret,
    };
  }),

  "UCB1, epsilon-greedy, floors and inverse-propensity effect estimates": computed((input) => {
    const { pulls, means, epsilon, ucb_scale, periods } = Indices.parse(input);
    const estimates = banditEstimates(periods.map(({ arms }) => arms.map(periodVariant)));
    const ofEach = (field: "naiveMean" | "hajekMean") =>
      estimates.map((estimate) => (estimate.kind === "undefined" ? null : estimate[field]));
    return {
      ucb1: ucb1(means, pulls, ucb_scale),
      epsilon_greedy_weights: epsilonGreedyShares(means, epsilon),
      naive_means: ofEach("naiveMean"),
      hajek_means: ofEach("hajekMean"),
      period_weighted_means: estimates.map((estimate) =>
        estimate.kind === "undefined" ? null : estimate.stratified.mean,
      ),
    };
  }),
};
