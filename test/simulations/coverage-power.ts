import { confidenceSequence } from "../../analytics/confidence-sequence.ts";
import { cuped } from "../../analytics/cuped.ts";
import { type Baseline, rateBaseline } from "../../analytics/detection.ts";
import { fisherExact } from "../../analytics/fisher-exact.ts";
import { spendingBoundaries } from "../../analytics/group-sequential.ts";
import { liftOf, liftStandardError } from "../../analytics/lift.ts";
import { type Design, minimumDetectableEffect, requiredUnits, type Unplannable } from "../../analytics/power.ts";
import { compareRatios, ratioOf } from "../../analytics/ratio-metric.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { proportionSampleSize } from "../../analytics/sample-size-proportions.ts";
import { exactTPower } from "../../analytics/t-power.ts";
import {
  comparePooledProportions,
  compareProportions,
  rateDifference,
  rateOf,
} from "../../analytics/two-proportions.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import { compareMeans } from "../../analytics/welch.ts";
import { binomialSampler, normalSampler } from "./samplers.ts";
import { atLeast, exactly, knownWithin, rejects, type Study, studyOf } from "./study.ts";
import { clickers, drawn, jointSumsOf, pairedMomentsOf } from "./units.ts";

const ALPHA = 0.05;
const POWER = 0.8;
const DESIGN: Design = { alpha: ALPHA, power: POWER };

const planned = (answer: number | Unplannable): number => {
  if (typeof answer !== "number") throw new Error(`It cannot be planned: ${answer.reason}.`);
  return answer;
};
const units = (answer: number | Unplannable): number => Math.ceil(planned(answer));

const proportions = studyOf(
  "Power at the sample size for rates of 0.10 and 0.11",
  20_000,
  {
    "unpooled test": exactly(POWER),
    "pooled test": exactly(POWER),
    "twice as many units in the treatment": exactly(POWER),
    "one of three comparisons by Bonferroni": exactly(POWER),
    "test of the lift by the delta method, more as its error grows with the lift": knownWithin(POWER, 0.8, 0.82),
    "the smallest effect that 4,000 units detect": exactly(POWER),
  },
  (random) => {
    const sizes = proportionSampleSize(0.1, 0.1, DESIGN);
    if (sizes.kind === "undefined") throw new Error("It can be planned.");
    const pairOf = (n: number, effect = 0.01, ratio = 1) => {
      const after = Math.ceil(n * ratio);
      const [c, t] = [binomialSampler(n, 0.1, random), binomialSampler(after, 0.1 + effect, random)];
      return () =>
        [
          { n, conversions: c() },
          { n: after, conversions: t() },
        ] as const;
    };
    const effect = planned(minimumDetectableEffect(4_000, rateBaseline(0.1), DESIGN));
    const unpooled = pairOf(Math.ceil(sizes.unpooled));
    const pooled = pairOf(Math.ceil(sizes.pooled));
    const uneven = pairOf(units(requiredUnits(0.01, rateBaseline(0.1), { ...DESIGN, allocationRatio: 2 })), 0.01, 2);
    const three = pairOf(units(requiredUnits(0.01, rateBaseline(0.1), { ...DESIGN, comparisons: 3 })));
    const relative = pairOf(units(requiredUnits(0.01, rateBaseline(0.1), { ...DESIGN, scale: "relative" })));
    const detectable = pairOf(4_000, effect);
    return () => {
      const [control, treatment] = relative();
      const [c, t] = [rateOf(control), rateOf(treatment)];
      return {
        "unpooled test": rejects(compareProportions(...unpooled(), ALPHA), ALPHA),
        "pooled test": rejects(comparePooledProportions(...pooled()), ALPHA),
        "twice as many units in the treatment": rejects(compareProportions(...uneven(), ALPHA), ALPHA),
        "one of three comparisons by Bonferroni": rejects(compareProportions(...three(), ALPHA), ALPHA / 3),
        "test of the lift by the delta method, more as its error grows with the lift": rejects(
          waldTest(liftOf(c.mean, t.mean) ?? 0, liftStandardError(c, t) ?? 0, ALPHA),
          ALPHA,
        ),
        "the smallest effect that 4,000 units detect": rejects(compareProportions(...detectable(), ALPHA), ALPHA),
      };
    };
  },
);

const exactTest = studyOf(
  "Power of Fisher's test at the sample size with continuity correction, rates of 0.1 and 0.2",
  4_000,
  { "Fisher's exact test": knownWithin(POWER, 0.8, 0.82) },
  (random) => {
    const sizes = proportionSampleSize(0.1, 1, DESIGN);
    if (sizes.kind === "undefined") throw new Error("It can be planned.");
    const n = Math.ceil(sizes.continuityCorrected);
    const [before, after] = [binomialSampler(n, 0.1, random), binomialSampler(n, 0.2, random)];
    return () => ({
      "Fisher's exact test": fisherExact({ n, conversions: before() }, { n, conversions: after() }) <= ALPHA,
    });
  },
);

const means = studyOf(
  "Power at the sample size for means 10 and 10.6 with standard deviation 2",
  6_000,
  {
    "Welch's test": exactly(POWER),
    "CUPED, correlation 0.7": exactly(POWER),
    "12 units each of means 2 apart, by Student's t": exactly(exactTPower(12, 2, 2, ALPHA)),
  },
  (random) => {
    const normal = normalSampler(random);
    const baseline: Baseline = { kind: "mean", mean: 10, variance: 4 };
    const plain = units(requiredUnits(0.6, baseline, DESIGN));
    const reduced = units(requiredUnits(0.6, baseline, { ...DESIGN, varianceReduction: 0.49 }));
    const sample = (n: number, mean: number) => sampleOf(drawn(n, () => mean + 2 * normal()));
    const pairs = (n: number, mean: number) => {
      const x = drawn(n, normal);
      return pairedMomentsOf(
        x.map((value) => mean + 2 * (0.7 * value + Math.sqrt(0.51) * normal())),
        x,
      );
    };
    return () => ({
      "Welch's test": rejects(compareMeans(sample(plain, 10), sample(plain, 10.6), ALPHA), ALPHA),
      "CUPED, correlation 0.7": rejects(cuped(pairs(reduced, 10), pairs(reduced, 10.6), ALPHA).test, ALPHA),
      "12 units each of means 2 apart, by Student's t": rejects(
        compareMeans(sample(12, 10), sample(12, 12), ALPHA),
        ALPHA,
      ),
    });
  },
);

const ratios = studyOf(
  "Power at the sample size for clicks per page, a quarter more",
  3_000,
  { "delta method": exactly(POWER) },
  (random) => {
    const click = clickers(random);
    // What is known beforehand: the variance of 50,000 users of the control and as many of the treatment.
    const known = [0, 0.25].map((lift) => {
      const ratio = ratioOf(jointSumsOf(50_000, () => click(lift)));
      if (!ratio) throw new Error("Every user sees a page.");
      return ratio.variance;
    });
    const variance = known.reduce((sum, each) => sum + each, 0) / 2;
    const n = units(requiredUnits(0.025, { kind: "mean", mean: 0.1, variance }, DESIGN));
    return () => ({
      "delta method": rejects(
        compareRatios(
          jointSumsOf(n, () => click(0)),
          jointSumsOf(n, () => click(0.25)),
          ALPHA,
        ),
        ALPHA,
      ),
    });
  },
);

const LOOKS = 5;

const sequential = studyOf(
  "Power at the sample size for rates of 0.10 and 0.12, looked at more than once",
  15_000,
  {
    "group sequential, O'Brien-Fleming's spending, at one of 5 looks": exactly(POWER),
    "group sequential, Pocock's spending, at one of 5 looks": exactly(POWER),
    "confidence sequence, at the last of 20 looks": exactly(POWER),
    "confidence sequence, at any of 20 looks": atLeast(POWER),
  },
  (random) => {
    const fractions = Array.from({ length: LOOKS }, (_, k) => (k + 1) / LOOKS);
    const grouped = (spending: "obrien_fleming" | "pocock") => {
      const plan = (alpha: number) => ({
        fractions,
        bounds: spendingBoundaries(fractions, alpha, { spending }).map(({ bound }) => bound),
      });
      const n = requiredUnits(0.02, rateBaseline(0.1), { ...DESIGN, looks: { kind: "group_sequential", plan } });
      const each = Math.ceil(units(n) / LOOKS);
      const { bounds } = plan(ALPHA);
      const [c, t] = [binomialSampler(each, 0.1, random), binomialSampler(each, 0.12, random)];
      return () => {
        let [before, after, stopped] = [0, 0, false];
        for (let look = 1; look <= LOOKS; look++) {
          before += c();
          after += t();
          const n = each * look;
          const test = compareProportions({ n, conversions: before }, { n, conversions: after }, ALPHA);
          stopped ||= test.kind === "estimated" && Math.abs(test.statistic) >= bounds[look - 1]!;
        }
        return stopped;
      };
    };
    const [obrienFleming, pocock] = [grouped("obrien_fleming"), grouped("pocock")];
    const tuningN = 15_000;
    const n = requiredUnits(0.02, rateBaseline(0.1), { ...DESIGN, looks: { kind: "anytime", tuningN } });
    const each = Math.ceil(units(n) / 20);
    const [c, t] = [binomialSampler(each, 0.1, random), binomialSampler(each, 0.12, random)];
    return () => {
      let [before, after, ever, last] = [0, 0, false, false];
      for (let look = 1; look <= 20; look++) {
        before += c();
        after += t();
        const [control, treatment] = [
          { n: each * look, conversions: before },
          { n: each * look, conversions: after },
        ];
        const error = Math.sqrt(rateOf(control).variance + rateOf(treatment).variance);
        last =
          rejects(
            confidenceSequence(rateDifference(control, treatment), error, 2 * each * look, tuningN, ALPHA),
            ALPHA,
          ) ?? false;
        ever ||= last;
      }
      return {
        "group sequential, O'Brien-Fleming's spending, at one of 5 looks": obrienFleming(),
        "group sequential, Pocock's spending, at one of 5 looks": pocock(),
        "confidence sequence, at the last of 20 looks": last,
        "confidence sequence, at any of 20 looks": ever,
      };
    };
  },
);

/** How often a true effect is found with the units that the plan asks for. */
export const achievedPower: readonly Study[] = [proportions, exactTest, means, ratios, sequential];
