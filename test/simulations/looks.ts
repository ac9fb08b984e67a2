import { classicalBoundaries, OBRIEN_FLEMING, POCOCK } from "../../analytics/classical-boundaries.ts";
import { confidenceSequence } from "../../analytics/confidence-sequence.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { exitProbabilities } from "../../analytics/exit-probabilities.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { mixtureSprt } from "../../analytics/msprt.ts";
import { normalPosterior } from "../../analytics/normal-posterior.ts";
import type { Fields } from "../golden/compare.ts";
import type { Simulate, Simulated } from "../golden/method.ts";
import { numberIn, textIn } from "../golden/method.ts";
import { rateOf } from "./rate.ts";
import { binomialSampler, normalSampler, randomOf } from "./samplers.ts";

const REPLICATIONS = 20_000;

/** An experiment that is looked at `looks` times, evenly. */
interface Looks {
  readonly looks: number;
  readonly alpha: number;
  /** Variance of the difference at the last look. */
  readonly finalVariance: number;
  /** Units of both variants at the last look, where it matters only as a share. */
  readonly finalUnits: number;
}

/** Whether a method stops at a look (from 0) with this difference and its variance. */
type Stops = (look: number, difference: number, variance: number) => boolean;

/** |Z| at or beyond which a method with a bound for each look stops. */
const atBounds =
  (bounds: readonly number[]): Stops =>
  (look, difference, variance) =>
    Math.abs(difference) >= bounds[look]! * Math.sqrt(variance);

const bySpending = ({ looks, alpha }: Looks, spending: "obrien_fleming" | "pocock"): number[] =>
  spendingBoundaries(
    Array.from({ length: looks }, (_, k) => (k + 1) / looks),
    alpha,
    { spending },
  ).map(({ bound }) => bound);

const shareIn = (name: string, pattern: RegExp): number => {
  const found = pattern.exec(name)?.[1];
  if (found === undefined) throw new Error(`No rule is called ${name}.`);
  return Number(found);
};

/** The bounds of a rule whose bounds are known beforehand; undefined for the others. */
const boundsOf = (method: string, plan: Looks): number[] | undefined => {
  const { looks, alpha } = plan;
  const each = (bound: number): number[] => Array.from({ length: looks }, () => bound);
  if (method === "fixed_horizon_z_every_look") return each(normalUpperQuantile(alpha / 2));
  if (method === "fixed_horizon_z_last_look_only") return [...each(Infinity).slice(1), normalUpperQuantile(alpha / 2)];
  if (method === "bonferroni_over_looks") return each(normalUpperQuantile(alpha / looks / 2));
  if (method === "obf_type_spending") return bySpending(plan, "obrien_fleming");
  if (method === "pocock_type_spending") return bySpending(plan, "pocock");
  if (method === "classical_obf") return [...classicalBoundaries(looks, alpha, OBRIEN_FLEMING).bounds];
  if (method === "classical_pocock") return [...classicalBoundaries(looks, alpha, POCOCK).bounds];
  return undefined;
};

const stopsBy = (method: string, plan: Looks): Stops => {
  const bounds = boundsOf(method, plan);
  if (bounds) return atBounds(bounds);
  const { looks, alpha, finalVariance, finalUnits } = plan;
  if (method.startsWith("msprt")) {
    const tauSquared = shareIn(method, /equals_([\d.]+)_x/) * finalVariance;
    return (_, difference, variance) => {
      const test = mixtureSprt(difference, variance, tauSquared, alpha);
      return test.kind === "estimated" && test.pValue <= alpha;
    };
  }
  if (method.startsWith("confidence_sequence")) {
    const tuningUnits = shareIn(method, /tuned_at_([\d.]+)_of/) * finalUnits;
    return (look, difference, variance) => {
      const units = (finalUnits * (look + 1)) / looks;
      const test = confidenceSequence(difference, Math.sqrt(variance), units, tuningUnits, alpha);
      return test.kind === "estimated" && test.pValue <= alpha;
    };
  }
  const threshold = shareIn(method, /^bayes_flat_prior_stop_at_P_gt_([\d.]+)/);
  return (_, difference, variance) => {
    const posterior = normalPosterior(difference, Math.sqrt(variance), { alpha, rope: 0 });
    if (posterior.kind === "undefined") return false;
    const { probabilityTreatmentBetter: better } = posterior;
    return better > threshold || better < 1 - threshold;
  };
};

/** Where each look's bound on |Z| is, of a rule that stops where |Z| is large enough: by bisection. */
const impliedBounds = (stops: Stops, looks: number): number[] =>
  Array.from({ length: looks }, (_, look) => {
    const variance = looks / (look + 1);
    let [low, high] = [0, 64];
    if (!stops(look, high * Math.sqrt(variance), variance)) return Infinity;
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (stops(look, middle * Math.sqrt(variance), variance)) high = middle;
      else low = middle;
    }
    return high;
  });

interface Stopping {
  readonly rejected: Simulated;
  readonly stoppingFraction: Simulated;
}

/** Walks `next` through the looks of every replication: it gives the difference and its variance, and starts anew at look 0. */
const walk = (plan: Looks, stops: Stops, next: (look: number) => readonly [number, number]): Stopping => {
  const { looks } = plan;
  let [hits, sum, squares] = [0, 0, 0];
  for (let i = 0; i < REPLICATIONS; i++) {
    let stopped = looks;
    for (let look = 0; look < looks; look++) {
      const [difference, variance] = next(look);
      if (stopped === looks && variance > 0 && stops(look, difference, variance)) {
        hits++;
        stopped = look + 1;
        // Every replication draws as many numbers, so that all rules meet the same experiments.
        for (let rest = look + 1; rest < looks; rest++) next(rest);
        break;
      }
    }
    sum += stopped / looks;
    squares += (stopped / looks) ** 2;
  }
  const mean = sum / REPLICATIONS;
  return {
    rejected: rateOf(hits, REPLICATIONS),
    stoppingFraction: {
      rate: mean,
      standardError: Math.max(
        Math.sqrt(Math.max(0, squares / REPLICATIONS - mean ** 2) / REPLICATIONS),
        1 / REPLICATIONS,
      ),
    },
  };
};

/** Normal data with known variance: one unit of information a look. */
const gaussian = (plan: Looks, stops: Stops, drift: number): Stopping => {
  const normal = normalSampler(randomOf("looks, gaussian"));
  const perLook = drift / Math.sqrt(plan.looks);
  let total = 0;
  return walk(plan, stops, (look) => {
    if (look === 0) total = 0;
    total += perLook + normal();
    // As a mean over looks, with variance 1/(look + 1): scaled so that the last look's is 1.
    const variance = plan.looks / (look + 1);
    return [(total / (look + 1)) * Math.sqrt(plan.looks), variance];
  });
};

/** Conversions, with the variance that the data say. */
const bernoulli = (
  plan: Looks,
  stops: Stops,
  n: number,
  [pControl, pTreatment]: readonly [number, number],
): Stopping => {
  const random = randomOf("looks, bernoulli");
  const [control, treatment] = [binomialSampler(n, pControl, random), binomialSampler(n, pTreatment, random)];
  let [before, after] = [0, 0];
  return walk(plan, stops, (look) => {
    if (look === 0) [before, after] = [0, 0];
    before += control();
    after += treatment();
    const units = n * (look + 1);
    const [p, q] = [before / units, after / units];
    return [q - p, (p * (1 - p) + q * (1 - q)) / units];
  });
};

/** How far a rate may be beyond the level by the noise of the simulation. */
const NOISE = 4;

const facts = (rejected: Simulated, alpha: number): Record<string, boolean> => ({
  must_exceed_alpha: rejected.rate - NOISE * rejected.standardError > alpha,
  must_not_exceed_alpha_beyond_noise: rejected.rate - NOISE * rejected.standardError <= alpha,
});

/** The rate at which a rule stops under repeated looks, in the scenario that the input describes. */
export const simulateLooks: Simulate = (input: Fields) => {
  const [looks, alpha] = [numberIn(input, "looks"), numberIn(input, "alpha")];
  const method = textIn(input, "method");
  const n = typeof input["n_per_arm_per_look"] === "number" ? input["n_per_arm_per_look"] : undefined;
  if (n === undefined) {
    const plan: Looks = { looks, alpha, finalVariance: 1, finalUnits: 1_000_000 };
    const stops = stopsBy(method, plan);
    const drift = typeof input["drift"] === "number" ? input["drift"] : 0;
    const { rejected, stoppingFraction } = gaussian(plan, stops, drift);
    const bounds = impliedBounds(stops, looks);
    const fractions = bounds.map((_, k) => (k + 1) / looks);
    const { upper, lower } = exitProbabilities(fractions, bounds, drift);
    return {
      rejection_rate_any_look: rejected,
      mean_stopping_fraction: stoppingFraction,
      exact_rejection_rate: [...upper, ...lower].reduce((sum, exit) => sum + exit, 0),
      ...facts(rejected, alpha),
    };
  }
  const rates = [numberIn(input, "p_control"), numberIn(input, "p_treatment")] as const;
  const finalVariance = rates.reduce((sum, p) => sum + (p * (1 - p)) / (n * looks), 0);
  const plan: Looks = { looks, alpha, finalVariance, finalUnits: 2 * n * looks };
  const { rejected, stoppingFraction } = bernoulli(plan, stopsBy(method, plan), n, rates);
  return {
    rejection_rate_any_look: rejected,
    mean_stopping_fraction: stoppingFraction,
    ...facts(rejected, alpha),
  };
};
