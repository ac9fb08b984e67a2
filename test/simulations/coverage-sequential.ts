import { confidenceSequence } from "../../analytics/confidence-sequence.ts";
import { exitProbabilities } from "../../analytics/exit-probabilities.ts";
import { groupSequentialTest } from "../../analytics/group-sequential-test.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { liftInterval } from "../../analytics/lift-interval.ts";
import { mixtureSprt } from "../../analytics/msprt.ts";
import { addLook, NO_LOOK } from "../../analytics/running-inference.ts";
import type { SpendingFunction } from "../../analytics/spending.ts";
import { stageWiseEstimate } from "../../analytics/stage-wise-estimate.ts";
import { rateDifference, rateOf } from "../../analytics/two-proportions.ts";
import { binomialSampler, normalSampler } from "./samplers.ts";
import { atLeast, covers, exactly, knownWithin, type Study, studyOf } from "./study.ts";

const ALPHA = 0.05;
const LEVEL = 1 - ALPHA;
const LOOKS = 20;

const sequences = studyOf(
  "Rates of 0.10 and 0.11, 500 more units in each at each of 20 looks",
  15_000,
  {
    "confidence sequence, all looks at once": atLeast(LEVEL),
    "confidence sequence, one-sided from below, all looks at once": atLeast(LEVEL),
    "confidence sequence, at the last look": atLeast(LEVEL),
    "confidence sequence, what all looks have in common": atLeast(LEVEL),
    "confidence sequence of the lift, all looks at once": atLeast(LEVEL),
    "mSPRT, all looks at once": atLeast(LEVEL),
    "Wald's interval, all looks at once, made for one": knownWithin(LEVEL, 0.7, 0.8),
  },
  (random) => {
    const [control, treatment] = [binomialSampler(500, 0.1, random), binomialSampler(500, 0.11, random)];
    const truth = 0.01;
    return () => {
      let [before, after, running] = [0, 0, NO_LOOK];
      let [always, above, lift, mixture, wald, last] = [true, true, true, true, true, true];
      for (let look = 1; look <= LOOKS; look++) {
        const n = 500 * look;
        before += control();
        after += treatment();
        const [one, other] = [
          { n, conversions: before },
          { n, conversions: after },
        ];
        const [before_, after_] = [rateOf(one), rateOf(other)];
        const variance = before_.variance + after_.variance;
        const difference = rateDifference(one, other);
        const error = Math.sqrt(variance);
        const sequence = confidenceSequence(difference, error, 2 * n, 10_000, ALPHA);
        const sprt = mixtureSprt(difference, variance, 0.01 ** 2, ALPHA);
        if (sequence.kind === "undefined" || sprt.kind === "undefined") throw new Error("Both rates vary.");
        running = addLook(running, sequence);
        last = covers(sequence.interval, truth) ?? false;
        always &&= last;
        above &&= sequence.oneSided.lower <= truth;
        mixture &&= covers(sprt.interval, truth) ?? false;
        wald &&= Math.abs(difference - truth) <= 1.96 * error;
        // A lift that cannot be bounded excludes nothing.
        lift &&=
          covers(
            liftInterval(
              {
                difference,
                baseline: before_.mean,
                key: "treatment",
                reason: null,
                variance,
                baselineVariance: before_.variance,
                covariance: -before_.variance,
                degreesOfFreedom: null,
                units: 2 * n,
              },
              sequence.halfWidth / error,
            ),
            0.1,
          ) ?? true;
      }
      return {
        "confidence sequence, all looks at once": always,
        "confidence sequence, one-sided from below, all looks at once": above,
        "confidence sequence, at the last look": last,
        "confidence sequence, what all looks have in common": covers(running.intersection, truth),
        "confidence sequence of the lift, all looks at once": lift,
        "mSPRT, all looks at once": mixture,
        "Wald's interval, all looks at once, made for one": wald,
      };
    };
  },
);

/** Z at each look of normal data with drift `drift`. */
const walk = (fractions: readonly number[], drift: number, normal: () => number): number[] => {
  let [score, before] = [0, 0];
  return fractions.map((fraction) => {
    score += drift * (fraction - before) + Math.sqrt(fraction - before) * normal();
    before = fraction;
    return score / Math.sqrt(fraction);
  });
};

const FRACTIONS = [0.2, 0.35, 0.6, 0.8, 1];

/** Bounds that were computed once serve every replication; a test that is given them computes them anew. */
const repeated = ({ spending }: SpendingFunction): Study =>
  studyOf(
    `Group sequential, ${spending}, 5 uneven looks, drift 2`,
    5_000,
    { "repeated intervals, all looks at once": exactly(LEVEL) },
    (random) => {
      const normal = normalSampler(random);
      const drift = 2;
      return () => {
        const looks = walk(FRACTIONS, drift, normal).map((z, k) => ({
          fraction: FRACTIONS[k]!,
          difference: z / Math.sqrt(FRACTIONS[k]!),
          standardError: 1 / Math.sqrt(FRACTIONS[k]!),
        }));
        return {
          "repeated intervals, all looks at once": groupSequentialTest(looks, ALPHA, { spending }).every(
            ({ interval }) => covers(interval, drift),
          ),
        };
      };
    },
  );

const stageWise = (drift: number): Study =>
  studyOf(
    `Group sequential, Pocock's spending, 3 looks, drift ${drift}, where it stopped`,
    5_000,
    {
      "stage-wise interval": exactly(LEVEL),
      "stage-wise estimate is above the truth": exactly(0.5),
      "plain estimate is above the truth, biased away from 0": drift > 0 ? knownWithin(0.5, 0.52, 0.75) : exactly(0.5),
      "stage-wise p-value is at most 5 %": exactly(
        (() => {
          const fractions = [1 / 3, 2 / 3, 1];
          const bounds = spendingBoundaries(fractions, ALPHA, { spending: "pocock" }).map(({ bound }) => bound);
          const { upper, lower } = exitProbabilities(fractions, bounds, drift);
          return [...upper, ...lower].reduce((sum, exit) => sum + exit, 0);
        })(),
      ),
    },
    (random) => {
      const normal = normalSampler(random);
      const fractions = [1 / 3, 2 / 3, 1];
      const bounds = spendingBoundaries(fractions, ALPHA, { spending: "pocock" }).map(({ bound }) => bound);
      return () => {
        const statistics = walk(fractions, drift, normal);
        const stopped = statistics.findIndex((z, k) => Math.abs(z) >= bounds[k]!);
        const last = stopped < 0 ? fractions.length - 1 : stopped;
        const [z, error] = [statistics[last]!, 1 / Math.sqrt(fractions[last]!)];
        const estimate = stageWiseEstimate(fractions.slice(0, last + 1), bounds, z, error, ALPHA);
        return {
          "stage-wise interval": covers(estimate.interval, drift),
          "stage-wise estimate is above the truth": estimate.difference > drift,
          "plain estimate is above the truth, biased away from 0": z * error > drift,
          "stage-wise p-value is at most 5 %": estimate.pValue <= ALPHA,
        };
      };
    },
  );

/** How often intervals that are looked at more than once hold the truth. */
export const sequentialCoverage: readonly Study[] = [
  sequences,
  repeated({ spending: "obrien_fleming" }),
  repeated({ spending: "pocock" }),
  stageWise(0),
  stageWise(2.5),
];
