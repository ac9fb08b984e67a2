import { bestArmBeta, bestArmGaussian } from "../../analytics/best-arm.ts";
import { betaBinomial } from "../../analytics/beta-binomial.ts";
import { betaPosterior } from "../../analytics/beta-posterior.ts";
import { normalPosterior } from "../../analytics/normal-posterior.ts";
import { betaSampler, normalSampler, type Random } from "./samplers.ts";
import { covers, exactly, knownWithin, type Study, studyOf } from "./study.ts";

const ALPHA = 0.05;
const LEVEL = 1 - ALPHA;

const conversionsOf = (
  n: number,
  rate: number,
  random: Random,
): { readonly n: number; readonly conversions: number } => {
  let conversions = 0;
  for (let unit = 0; unit < n; unit++) if (random() < rate) conversions++;
  return { n, conversions };
};

/** Credible intervals hold a truth that the prior draws exactly as often as they say, whatever the data are few. */
const rates = studyOf(
  "Beta-binomial, rates drawn from the prior Beta(2, 18), 40 and 60 units",
  1_000,
  {
    "credible interval of one rate": exactly(LEVEL),
    "credible interval of the difference": exactly(LEVEL),
    "credible interval of the lift": exactly(LEVEL),
    "lift above its median": exactly(0.5),
    "treatment better, less the probability of it": exactly(0),
    "loss of choosing the treatment, less what is expected": exactly(0),
    "difference within the region of equivalence, less its probability": exactly(0),
  },
  (random) => {
    const prior = { a: 2, b: 18 };
    const rate = betaSampler(prior.a, prior.b, random);
    return () => {
      const [before, after] = [rate(), rate()];
      const posterior = betaBinomial(conversionsOf(40, before, random), conversionsOf(60, after, random), {
        prior,
        alpha: ALPHA,
        rope: 0.02,
      });
      const difference = after - before;
      const lift = difference / before;
      return {
        "credible interval of one rate": covers(posterior.treatment.credibleInterval, after),
        "credible interval of the difference": covers(posterior.differenceInterval, difference),
        "credible interval of the lift": covers(posterior.liftInterval, lift),
        "lift above its median": lift > posterior.medianLift,
        "treatment better, less the probability of it": Number(difference > 0) - posterior.probabilityTreatmentBetter,
        "loss of choosing the treatment, less what is expected":
          Math.max(0, -difference) - posterior.expectedLossChoosingTreatment,
        "difference within the region of equivalence, less its probability":
          Number(Math.abs(difference) < 0.02) - posterior.probabilityInRope,
      };
    };
  },
);

const effects = studyOf(
  "Normal posterior, effects drawn from the prior N(0.02, 0.1²), standard error 0.08",
  20_000,
  {
    "credible interval": exactly(LEVEL),
    "effect above 0, less the probability of it": exactly(0),
    "loss of choosing the treatment, less what is expected": exactly(0),
    "effect within the region of equivalence, less its probability": exactly(0),
    "credible interval at the look of 20 where P > 0.95 or < 0.05, which holds as well": exactly(LEVEL),
    "credible interval under a flat prior at such a look, too far out": knownWithin(LEVEL, 0.8, 0.94),
  },
  (random) => {
    const normal = normalSampler(random);
    const prior = { mean: 0.02, sd: 0.1 };
    const posteriorOf = (estimate: number, error: number, isFlat = false) => {
      const posterior = normalPosterior(estimate, error, {
        prior: isFlat ? undefined : prior,
        alpha: ALPHA,
        rope: 0.02,
      });
      if (posterior.kind === "undefined") throw new Error("The prior has a width.");
      return posterior;
    };
    return () => {
      const truth = prior.mean + prior.sd * normal();
      const one = posteriorOf(truth + 0.08 * normal(), 0.08);
      // Stops at the first clear look; a belief that is right when it was drawn from stays right.
      const stoppedOf = (isFlat: boolean) => {
        let sum = 0;
        for (let look = 1; look <= 20; look++) {
          sum += truth + 0.4 * normal();
          const posterior = posteriorOf(sum / look, 0.4 / Math.sqrt(look), isFlat);
          const better = posterior.probabilityTreatmentBetter;
          if (look === 20 || better > 0.95 || better < 0.05) return posterior;
        }
        throw new Error("The last look is a stop.");
      };
      return {
        "credible interval": covers(one.credibleInterval, truth),
        "effect above 0, less the probability of it": Number(truth > 0) - one.probabilityTreatmentBetter,
        "loss of choosing the treatment, less what is expected":
          Math.max(0, -truth) - one.expectedLossChoosingTreatment,
        "effect within the region of equivalence, less its probability":
          Number(Math.abs(truth) < 0.02) - one.probabilityInRope,
        "credible interval at the look of 20 where P > 0.95 or < 0.05, which holds as well": covers(
          stoppedOf(false).credibleInterval,
          truth,
        ),
        "credible interval under a flat prior at such a look, too far out": covers(
          stoppedOf(true).credibleInterval,
          truth,
        ),
      };
    };
  },
);

const bestArms = studyOf(
  "Best of three, drawn from the prior",
  2_000,
  {
    "first rate is best, less the probability of it": exactly(0),
    "regret of the first rate, less what is expected": exactly(0),
    "first mean is best, less the probability of it": exactly(0),
    "first mean is second best, less the probability of it": exactly(0),
  },
  (random) => {
    const prior = { a: 2, b: 18 };
    const rate = betaSampler(prior.a, prior.b, random);
    const normal = normalSampler(random);
    return () => {
      const trueRates = [rate(), rate(), rate()];
      const ofRates = bestArmBeta(
        trueRates.map((each, i) => betaPosterior(conversionsOf(20 * (i + 1), each, random), prior)),
      );
      const trueMeans = [normal(), normal(), normal()];
      // Posterior of N(0, 1) after an estimate with standard error s: mean estimate/(1 + s²), variance s²/(1 + s²).
      const errors = [0.5, 1, 1.5];
      const ofMeans = bestArmGaussian(
        trueMeans.map((each, i) => (each + errors[i]! * normal()) / (1 + errors[i]! ** 2)),
        errors.map((error) => error / Math.hypot(1, error)),
      );
      const best = Math.max(...trueRates);
      const above = trueMeans.filter((each) => each > trueMeans[0]!).length;
      return {
        "first rate is best, less the probability of it": Number(trueRates[0] === best) - ofRates.probabilityBest[0]!,
        "regret of the first rate, less what is expected": best - trueRates[0]! - ofRates.expectedRegret[0]!,
        "first mean is best, less the probability of it": Number(above === 0) - ofMeans.probabilityBest[0]!,
        "first mean is second best, less the probability of it":
          Number(above === 1) - ofMeans.probabilitySecondBest[0]!,
      };
    };
  },
);

/** How often Bayesian statements are true when the truth is drawn from the prior. */
export const beliefCoverage: readonly Study[] = [rates, effects, bestArms];
