import { cappedSample, percentileCap } from "../../analytics/capping.ts";
import { compareRates, rateRatioInterval } from "../../analytics/count-rates.ts";
import { cupedRatio } from "../../analytics/cuped-ratio.ts";
import { cuped } from "../../analytics/cuped.ts";
import { normalCdf, normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { fiellerLift } from "../../analytics/fieller.ts";
import { orderedUnits } from "../../analytics/histogram.ts";
import { katzLift } from "../../analytics/katz.ts";
import { estimateLift } from "../../analytics/lift.ts";
import { mergeThinStrata, postStratify } from "../../analytics/post-stratification.ts";
import { compareQuantiles, orderedValues, quantileEstimate, summariseQuantile } from "../../analytics/quantile.ts";
import { compareRatios, ratioOf } from "../../analytics/ratio-metric.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { compareProportions, rateOf } from "../../analytics/two-proportions.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import { compareMeans, meanOf } from "../../analytics/welch.ts";
import { newcombeInterval, wilsonInterval } from "../../analytics/wilson.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { bucketOf } from "../../counting/histogram.ts";
import { binomialSampler, normalSampler, poissonSampler } from "./samplers.ts";
import { atLeast, covers, exactly, intervalOf, knownWithin, type Study, studyOf } from "./study.ts";
import { clickers, drawn, jointSumsOf, pairedMomentsOf } from "./units.ts";

const ALPHA = 0.05;
const LEVEL = 1 - ALPHA;
const Z = normalUpperQuantile(ALPHA / 2);

const proportions = studyOf(
  "Rates of 0.10 and 0.12 among 1,500 and 2,500 units",
  30_000,
  {
    "Wald's interval of the difference": exactly(LEVEL),
    "Newcombe's interval of the difference": exactly(LEVEL),
    "Wilson's interval of one rate": exactly(LEVEL),
    "Katz's interval of the lift": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
    "Fieller's interval of the lift": exactly(LEVEL),
    "preferred interval of the lift": exactly(LEVEL),
  },
  (random) => {
    const [before, after] = [binomialSampler(1_500, 0.1, random), binomialSampler(2_500, 0.12, random)];
    return () => {
      const control = { n: 1_500, conversions: before() };
      const treatment = { n: 2_500, conversions: after() };
      const lift = estimateLift(rateOf(control), rateOf(treatment), Z);
      const estimated = lift.kind === "estimated" ? lift : undefined;
      const fieller = fiellerLift(rateOf(control), rateOf(treatment), Z);
      return {
        "Wald's interval of the difference": covers(
          intervalOf(compareProportions(control, treatment, ALPHA)),
          0.12 - 0.1,
        ),
        "Newcombe's interval of the difference": covers(newcombeInterval(control, treatment, ALPHA), 0.12 - 0.1),
        "Wilson's interval of one rate": covers(wilsonInterval(treatment, ALPHA), 0.12),
        "Katz's interval of the lift": covers(katzLift(control, treatment, ALPHA), 0.2),
        "delta interval of the lift": covers(estimated?.deltaInterval, 0.2),
        "Fieller's interval of the lift": fieller.kind !== "bounded" || covers(fieller.interval, 0.2),
        "preferred interval of the lift": covers(estimated?.interval, 0.2),
      };
    };
  },
);

const rareProportions = studyOf(
  "Rates of 0.05 and 0.10 among 60 and 40 units",
  30_000,
  {
    "Newcombe's interval of the difference, made for few": atLeast(LEVEL),
    "Wilson's interval of one rate, 95 % on average over rates": knownWithin(LEVEL, 0.92, 0.98),
    "Wald's interval of the difference, short for so few": knownWithin(LEVEL, 0.92, 0.95),
    "Katz's interval of the lift, long for so few": atLeast(LEVEL),
  },
  (random) => {
    const [before, after] = [binomialSampler(60, 0.05, random), binomialSampler(40, 0.1, random)];
    return () => {
      const control = { n: 60, conversions: before() };
      const treatment = { n: 40, conversions: after() };
      return {
        "Newcombe's interval of the difference, made for few": covers(
          newcombeInterval(control, treatment, ALPHA),
          0.05,
        ),
        "Wilson's interval of one rate, 95 % on average over rates": covers(wilsonInterval(control, ALPHA), 0.05),
        "Wald's interval of the difference, short for so few": covers(
          intervalOf(compareProportions(control, treatment, ALPHA)),
          0.05,
        ),
        "Katz's interval of the lift, long for so few": covers(katzLift(control, treatment, ALPHA), 1),
      };
    };
  },
);

const means = studyOf(
  "Means of 12 and 30 normal units with standard deviations 2 and 4",
  20_000,
  {
    "Welch's interval of the difference": exactly(LEVEL),
    "Fieller's interval of the lift": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const control = sampleOf(drawn(12, () => 10 + 2 * normal()));
      const treatment = sampleOf(drawn(30, () => 11 + 4 * normal()));
      const test = compareMeans(control, treatment, ALPHA);
      if (test.kind === "undefined") throw new Error("Normal units vary.");
      const lift = estimateLift(meanOf(control), meanOf(treatment), test.critical);
      const estimated = lift.kind === "estimated" ? lift : undefined;
      return {
        "Welch's interval of the difference": covers(test.interval, 1),
        "Fieller's interval of the lift":
          estimated?.fieller.kind === "bounded" ? covers(estimated.fieller.interval, 0.1) : undefined,
        "delta interval of the lift": covers(estimated?.deltaInterval, 0.1),
      };
    };
  },
);

/** Mean of min(exp(N(0, 1)), cap). */
const cappedLognormalMean = (cap: number): number =>
  Math.exp(0.5) * normalCdf(Math.log(cap) - 1) + cap * (1 - normalCdf(Math.log(cap)));

const skewed = studyOf(
  "Lognormal units (skewness 6), 100 and 900, the treatment's a tenth larger",
  4_000,
  {
    "Welch's interval, short below 355 skewness² units": knownWithin(LEVEL, 0.89, 0.93),
    "Welch's interval of values capped beforehand": knownWithin(LEVEL, 0.945, 0.95),
    "Welch's interval of values capped at the pooled 95th percentile": knownWithin(LEVEL, 0.945, 0.95),
    "delta interval of the lift of capped values": knownWithin(LEVEL, 0.945, 0.95),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const before = drawn(100, () => Math.exp(normal()));
      const after = drawn(900, () => 1.1 * Math.exp(normal()));
      const truthAt = (cap: number): number => 1.1 * cappedLognormalMean(cap / 1.1) - cappedLognormalMean(cap);
      const testAt = (cap: number) => compareMeans(cappedSample(before, cap), cappedSample(after, cap), ALPHA);
      const pooledCap = percentileCap([before, after], 0.95, false) ?? Infinity;
      const capped = testAt(5);
      const lift = estimateLift(
        meanOf(cappedSample(before, 5)),
        meanOf(cappedSample(after, 5)),
        capped.kind === "estimated" ? capped.critical : Z,
      );
      return {
        "Welch's interval, short below 355 skewness² units": covers(
          intervalOf(compareMeans(sampleOf(before), sampleOf(after), ALPHA)),
          0.1 * Math.exp(0.5),
        ),
        "Welch's interval of values capped beforehand": covers(intervalOf(capped), truthAt(5)),
        "Welch's interval of values capped at the pooled 95th percentile": covers(
          intervalOf(testAt(pooledCap)),
          truthAt(pooledCap),
        ),
        "delta interval of the lift of capped values":
          lift.kind === "estimated" ? covers(lift.deltaInterval, truthAt(5) / cappedLognormalMean(5)) : undefined,
      };
    };
  },
);

const ratios = studyOf(
  "Clicks per page of 400 and 600 users, a fifth more",
  6_000,
  {
    "interval of the difference": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
    "Fieller's interval of the lift": exactly(LEVEL),
    "CUPED's interval of the difference": exactly(LEVEL),
    "CUPED's interval of the lift": exactly(LEVEL),
  },
  (random) => {
    const click = clickers(random);
    return () => {
      const control = jointSumsOf(400, () => click(0));
      const treatment = jointSumsOf(600, () => click(0.2));
      const [before, after] = [ratioOf(control), ratioOf(treatment)];
      const lift = before && after ? estimateLift(meanOf(before), meanOf(after), Z) : undefined;
      const estimated = lift?.kind === "estimated" ? lift : undefined;
      const adjusted = cupedRatio(control, treatment, ALPHA);
      const has = adjusted.kind === "estimated" ? adjusted : undefined;
      return {
        "interval of the difference": covers(intervalOf(compareRatios(control, treatment, ALPHA)), 0.02),
        "delta interval of the lift": covers(estimated?.deltaInterval, 0.2),
        "Fieller's interval of the lift":
          estimated?.fieller.kind === "bounded" ? covers(estimated.fieller.interval, 0.2) : undefined,
        "CUPED's interval of the difference": has && covers(intervalOf(has.test), 0.02),
        "CUPED's interval of the lift": has && covers(intervalOf(has.lift), 0.2),
      };
    };
  },
);

const adjustedMeans = studyOf(
  "CUPED of 60 and 90 units, correlation 0.7, a tenth more",
  10_000,
  {
    "interval of the difference": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
    "plain interval before the first exposure": exactly(LEVEL),
  },
  (random) => {
    const normal = normalSampler(random);
    const units = (n: number, mean: number) => {
      const x = drawn(n, normal);
      return pairedMomentsOf(
        x.map((value) => mean + 2 * (0.7 * value + Math.sqrt(0.51) * normal())),
        x,
      );
    };
    return () => {
      const { test, lift, preExposure } = cuped(units(60, 10), units(90, 11), ALPHA);
      return {
        "interval of the difference": covers(intervalOf(test), 1),
        "delta interval of the lift": covers(intervalOf(lift), 0.1),
        "plain interval before the first exposure": covers(intervalOf(preExposure), 0),
      };
    };
  },
);

const STRATA = [
  { share: 0.5, mean: 2, effect: 0, sd: 1 },
  { share: 0.3, mean: 5, effect: 1, sd: 2 },
  { share: 0.2, mean: 12, effect: 3, sd: 4 },
] as const;

const strata = studyOf(
  "Post-stratification of 150 and 200 units in three strata with different effects",
  6_000,
  {
    "interval with random shares, of the population": exactly(LEVEL),
    "interval of the lift, of the population": exactly(LEVEL),
    "interval with known shares, of these units' mix": exactly(LEVEL),
    "interval with known shares, too short for the population": knownWithin(LEVEL, 0.9, 0.95),
  },
  (random) => {
    const normal = normalSampler(random);
    const arm = (n: number, isTreated: boolean): number[][] => {
      const values: number[][] = STRATA.map(() => []);
      for (let i = 0; i < n; i++) {
        const at = random();
        const k = at < 0.5 ? 0 : at < 0.8 ? 1 : 2;
        const { mean, effect, sd } = STRATA[k];
        values[k]!.push(mean + (isTreated ? effect : 0) + sd * normal());
      }
      return values;
    };
    const difference = STRATA.reduce((sum, { share, effect }) => sum + share * effect, 0);
    const baseline = STRATA.reduce((sum, { share, mean }) => sum + share * mean, 0);
    return () => {
      const [control, treatment] = [arm(150, false), arm(200, true)];
      const all = STRATA.map((_, k) => ({ control: sampleOf(control[k]!), treatment: sampleOf(treatment[k]!) }));
      const result = postStratify(mergeThinStrata(all), ALPHA);
      if (result.kind === "undefined") throw new Error("Every stratum has units.");
      const ofMix = STRATA.reduce(
        (sum, { effect }, k) => sum + ((all[k]!.control.n + all[k]!.treatment.n) / 350) * effect,
        0,
      );
      return {
        "interval with random shares, of the population": covers(intervalOf(result.randomWeights), difference),
        "interval of the lift, of the population": covers(intervalOf(result.lift), difference / baseline),
        "interval with known shares, of these units' mix": covers(intervalOf(result.fixedWeights), ofMix),
        "interval with known shares, too short for the population": covers(intervalOf(result.fixedWeights), difference),
      };
    };
  },
);

/** The cells of kind `bucket` that the values of one variant would be in. */
const bucketCells = (values: readonly number[]): SumsCell[] =>
  [...Map.groupBy(values, (value) => bucketOf(Math.round(value * 1e6)))].map(([bucket, own]) => {
    const [y, yy] = own.reduce(
      ([sum, squares], value) => {
        const millionths = BigInt(Math.round(value * 1e6));
        return [sum + millionths, squares + millionths * millionths];
      },
      [0n, 0n],
    );
    return {
      experiment_id: "e0",
      phase: 1,
      variant_id: "v0",
      metric_id: "m0",
      kind: "bucket",
      name: "",
      slice: String(bucket),
      n: own.length,
      sums: { y: String(y), yy: String(yy) },
    };
  });

/** The 90th percentile of exp(N(0, 1)). */
const P90 = Math.exp(normalUpperQuantile(0.1));

const quantiles = studyOf(
  "90th percentile of 400 and 600 lognormal values, a tenth larger",
  2_000,
  {
    "interval of the difference, from values": exactly(LEVEL),
    "interval of the difference, from a histogram": exactly(LEVEL),
    "interval of one percentile": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const before = drawn(400, () => Math.exp(normal()));
      const after = drawn(600, () => 1.1 * Math.exp(normal()));
      const [control, treatment] = [before, after].map((values) => summariseQuantile(orderedValues(values), 0.9, Z));
      const binned = [before, after].map((values) => summariseQuantile(orderedUnits(bucketCells(values)), 0.9, Z));
      const [one, other] = [quantileEstimate(control!), quantileEstimate(treatment!)];
      if (one.kind === "undefined" || other.kind === "undefined") throw new Error("The values are enough and differ.");
      const lift = estimateLift(one, other, Z);
      return {
        "interval of the difference, from values": covers(
          intervalOf(compareQuantiles(control!, treatment!, ALPHA)),
          0.1 * P90,
        ),
        "interval of the difference, from a histogram": covers(
          intervalOf(compareQuantiles(binned[0]!, binned[1]!, ALPHA)),
          0.1 * P90,
        ),
        "interval of one percentile": covers(intervalOf(waldTest(one.mean, Math.sqrt(one.variance), ALPHA)), P90),
        "delta interval of the lift": lift.kind === "estimated" ? covers(lift.deltaInterval, 0.1) : undefined,
      };
    };
  },
);

const clusteredQuantiles = studyOf(
  "Median of 300 and 300 users' values, 1 to 5 each and alike within a user",
  2_000,
  {
    "interval of the difference by the users": exactly(LEVEL),
    "interval as if values were independent, too short": knownWithin(LEVEL, 0.7, 0.93),
  },
  (random) => {
    const normal = normalSampler(random);
    const more = poissonSampler(1, random);
    const arm = (shift: number) => {
      const users = Array.from({ length: 300 }, () => {
        const own = normal();
        return drawn(1 + Math.min(4, more()), () => shift + own + 0.7 * normal());
      });
      const summary = summariseQuantile(orderedValues(users.flat()), 0.5, Z);
      let user = 0;
      const clusters = jointSumsOf(users.length, () => {
        const values = users[user++]!;
        return [values.filter((value) => value <= summary.estimate).length, values.length, 0, 0];
      });
      return { summary, clusters };
    };
    return () => {
      const [control, treatment] = [arm(0), arm(0.3)];
      return {
        "interval of the difference by the users": covers(
          intervalOf(
            compareQuantiles(
              { ...control.summary, clusters: control.clusters },
              { ...treatment.summary, clusters: treatment.clusters },
              ALPHA,
            ),
          ),
          0.3,
        ),
        "interval as if values were independent, too short": covers(
          intervalOf(compareQuantiles(control.summary, treatment.summary, ALPHA)),
          0.3,
        ),
      };
    };
  },
);

const counts = studyOf(
  "Poisson events at 8 and 10 an hour over 20 and 30 hours",
  30_000,
  { "interval of the rate ratio": exactly(LEVEL), "interval of the difference": exactly(LEVEL) },
  (random) => {
    const [before, after] = [poissonSampler(160, random), poissonSampler(300, random)];
    return () => {
      const control = { events: before(), exposure: 20 };
      const treatment = { events: after(), exposure: 30 };
      return {
        "interval of the rate ratio": covers(rateRatioInterval(control, treatment, ALPHA), 10 / 8),
        "interval of the difference": covers(intervalOf(compareRates(control, treatment, ALPHA)), 2),
      };
    };
  },
);

/** How often the intervals of two variants at one look hold the truth. */
export const comparisonCoverage: readonly Study[] = [
  proportions,
  rareProportions,
  means,
  skewed,
  ratios,
  adjustedMeans,
  strata,
  quantiles,
  clusteredQuantiles,
  counts,
];
