import { banditEstimates, type PeriodVariant } from "../../analytics/bandit-estimates.ts";
import { epsilonGreedyShares, nextWeights, topTwoShares, ucb1 } from "../../analytics/bandit-weights.ts";
import { type BestArm, bestArmGaussian } from "../../analytics/best-arm.ts";
import { normalPosterior } from "../../analytics/normal-posterior.ts";
import { shouldStop } from "../../analytics/expected-loss-stopping.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { normalSampler } from "./samplers.ts";
import { atLeast, atMost, covers, exactly, knownWithin, type Study, studyOf } from "./study.ts";

const RATES = [0.1, 0.1, 0.12] as const;
const BATCHES = 30;
const UNITS = 1_000;

interface Arm {
  readonly n: number;
  readonly conversions: number;
}

/** Where a strategy sends the traffic of the next batch. */
type Strategy = (arms: readonly Arm[]) => readonly number[];

const meanOf = ({ n, conversions }: Arm): number => (1 + conversions) / (2 + n);

const bestOf = (arms: readonly Arm[]): BestArm =>
  bestArmGaussian(
    arms.map(meanOf),
    arms.map((arm) => Math.sqrt((meanOf(arm) * (1 - meanOf(arm))) / (arm.n + 3))),
  );

const EQUAL: Strategy = (arms) => arms.map(() => 1 / arms.length);

const THOMPSON: Strategy = (arms) => bestOf(arms).probabilityBest;

const TOP_TWO: Strategy = (arms) => {
  const { probabilityBest, probabilitySecondBest } = bestOf(arms);
  return topTwoShares(probabilityBest, probabilitySecondBest);
};

const EPSILON_GREEDY: Strategy = (arms) => epsilonGreedyShares(arms.map(meanOf), 0.1);

const UCB1: Strategy = (arms) =>
  epsilonGreedyShares(
    ucb1(
      arms.map(meanOf),
      arms.map(({ n }) => n),
      0.3,
    ),
    0,
  );

/** Conversions of many units, by the normal approximation, in whole numbers. */
const conversionsOf = (n: number, rate: number, normal: () => number): number =>
  Math.min(n, Math.max(0, Math.round(n * rate + Math.sqrt(n * rate * (1 - rate)) * normal())));

/** Runs a bandit, and gives its periods and by how many conversions it fell short of the best variant. */
const runBandit = (strategy: Strategy, normal: () => number, floor: number) => {
  let arms: readonly Arm[] = RATES.map(() => ({ n: 0, conversions: 0 }));
  const periods: PeriodVariant[][] = [];
  let regret = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const weights = nextWeights(
      strategy(arms),
      arms.map(({ n }) => n),
      floor,
    );
    const drawn = weights.map((weight, i) => {
      const n = Math.round((UNITS * weight) / 10_000);
      return { n, conversions: conversionsOf(n, RATES[i]!, normal), allocation: weight / 10_000 };
    });
    regret += drawn.reduce((sum, { n }, i) => sum + n * (Math.max(...RATES) - RATES[i]!), 0);
    arms = arms.map((arm, i) => ({ n: arm.n + drawn[i]!.n, conversions: arm.conversions + drawn[i]!.conversions }));
    periods.push(
      drawn.map(({ n, conversions, allocation }) => {
        const mean = conversions / n;
        return { n, mean, variance: (mean * (1 - mean) * n) / (n - 1), allocation };
      }),
    );
  }
  return { regret, periods };
};

/** What sending everybody anywhere at random falls short by. */
const UNIFORM_REGRET = BATCHES * UNITS * (Math.max(...RATES) - RATES.reduce((sum, rate) => sum + rate / 3, 0));

const regrets = studyOf(
  "Bandits, rates of 0.10, 0.10 and 0.12, 30 batches of 1,000: conversions lost, as a share of what equal weights lose",
  300,
  {
    "equal weights": knownWithin(1, 0.998, 1.002),
    Thompson: atMost(0.5),
    "top two": atMost(0.8),
    "epsilon-greedy, 0.1": atMost(0.8),
    "UCB1, 0.3": atMost(0.8),
    "Thompson less top two, which measures the runner-up as well": atMost(0),
    "Thompson less equal weights": atMost(-0.5),
  },
  (random) => {
    const normal = normalSampler(random);
    const share = (strategy: Strategy): number => runBandit(strategy, normal, 0.01).regret / UNIFORM_REGRET;
    return () => {
      const [thompson, topTwo] = [share(THOMPSON), share(TOP_TWO)];
      return {
        "equal weights": share(EQUAL),
        Thompson: thompson,
        "top two": topTwo,
        "epsilon-greedy, 0.1": share(EPSILON_GREEDY),
        "UCB1, 0.3": share(UCB1),
        "Thompson less top two, which measures the runner-up as well": thompson - topTwo,
        "Thompson less equal weights": thompson - 1,
      };
    };
  },
);

const Z = normalUpperQuantile(0.025);

const estimates = studyOf(
  "Thompson's weights, at least 0.1 each: what is said of the first variant",
  600,
  {
    "interval of the mean over periods, stretched by small periods": knownWithin(0.95, 0.92, 0.97),
    "mean over periods less the truth": exactly(0),
    "mean over all units alike is below the truth": knownWithin(0.5, 0.5, 0.75),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const [first] = banditEstimates(runBandit(THOMPSON, normal, 0.1).periods);
      if (first?.kind !== "estimated") throw new Error("Every period has units of all variants.");
      const { mean, variance = 0 } = first.stratified;
      const half = Z * Math.sqrt(variance);
      return {
        "interval of the mean over periods, stretched by small periods": covers([mean - half, mean + half], RATES[0]),
        "mean over periods less the truth": mean - RATES[0],
        "mean over all units alike is below the truth": first.naiveMean < RATES[0],
      };
    };
  },
);

const stopping = studyOf(
  "Stopping at an expected loss below 0.005, effects drawn from the prior N(0, 0.1²), 50 looks",
  6_000,
  {
    "loss of what was chosen": atMost(0.005),
    "stopped by then": atLeast(0.9),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const truth = 0.1 * normal();
      let sum = 0;
      for (let look = 1; look <= 50; look++) {
        sum += truth + 0.2 * normal();
        const posterior = normalPosterior(sum / look, 0.2 / Math.sqrt(look), {
          prior: { mean: 0, sd: 0.1 },
          alpha: 0.05,
          rope: 0,
        });
        if (posterior.kind === "undefined") throw new Error("The prior has a width.");
        const decision = shouldStop(
          [posterior.expectedLossChoosingControl, posterior.expectedLossChoosingTreatment],
          [100 * look, 100 * look],
          { threshold: 0.005, minimumUnits: 200 },
        );
        if (decision.kind === "stop")
          return {
            "loss of what was chosen": Math.max(0, decision.choose === 0 ? truth : -truth),
            "stopped by then": true,
          };
      }
      return { "loss of what was chosen": undefined, "stopped by then": false };
    };
  },
);

/** What adaptive weights and stopping rules by expected loss cost, and what is said after them. */
export const bandits: readonly Study[] = [regrets, estimates, stopping];
