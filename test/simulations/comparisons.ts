import { cuped } from "../../analytics/cuped.ts";
import { normalSf, normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { fiellerLift } from "../../analytics/fieller.ts";
import type { PairedMoments } from "../../analytics/joint-moments.ts";
import { katzLift } from "../../analytics/katz.ts";
import { liftOf, liftStandardError } from "../../analytics/lift.ts";
import { compareQuantiles, orderedValues, summariseQuantile } from "../../analytics/quantile.ts";
import { compareRatios } from "../../analytics/ratio-metric.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { comparePooledProportions, compareProportions, rateOf } from "../../analytics/two-proportions.ts";
import { compareMeans, type Sample } from "../../analytics/welch.ts";
import type { Fields } from "../golden/compare.ts";
import { numberIn, textIn, type Simulate, type Simulated } from "../golden/method.ts";
import { simulateMean, simulateRate } from "./rate.ts";
import { betaSampler, binomialSampler, normalSampler, poissonSampler, randomOf } from "./samplers.ts";
import { covers, rejects } from "./study.ts";
import { drawn, pairedMomentsOf } from "./units.ts";

const ALPHA = 0.05;

const statisticIn = (input: Fields): string => textIn(input, "statistic");
const scenarioIn = (input: Fields): string => textIn(input, "scenario");

/** A number that the scenario's text gives. */
const inText = (input: Fields, pattern: RegExp): number => {
  const found = pattern.exec(scenarioIn(input))?.[1];
  if (found === undefined) throw new Error(`The scenario “${scenarioIn(input)}” lacks ${String(pattern)}.`);
  return Number(found);
};

/** A/A: two groups with one rate. One in which nobody differs rejects nothing. */
export const proportionNull: Simulate = (input) => {
  const [n, p] = [numberIn(input, "n_per_arm"), numberIn(input, "p")];
  const conversions = binomialSampler(n, p, randomOf(`proportions ${n} ${p}`));
  const isPooled = statisticIn(input).startsWith("pooled");
  const rate = simulateRate(100_000, () => {
    const [control, treatment] = [
      { n, conversions: conversions() },
      { n, conversions: conversions() },
    ];
    return (
      rejects(
        isPooled ? comparePooledProportions(control, treatment) : compareProportions(control, treatment, ALPHA),
        ALPHA,
      ) ?? false
    );
  });
  return { rate, nominal: ALPHA };
};

/** How often an interval of the lift has the truth in it. Groups without a conversion in the control are left out. */
export const liftCoverage: Simulate = (input) => {
  const [n, p, lift] = [numberIn(input, "n_per_arm"), numberIn(input, "p"), numberIn(input, "lift")];
  const random = randomOf(`lifts ${n} ${p} ${lift}`);
  const [before, after] = [binomialSampler(n, p, random), binomialSampler(n, p * (1 + lift), random)];
  const statistic = statisticIn(input);
  const z = normalUpperQuantile(ALPHA / 2);
  const rate = simulateRate(60_000, () => {
    const [control, treatment] = [
      { n, conversions: before() },
      { n, conversions: after() },
    ];
    const [c, t] = [rateOf(control), rateOf(treatment)];
    if (statistic.startsWith("Fieller")) {
      const fieller = fiellerLift(c, t, z);
      return fieller.kind !== "bounded" || covers(fieller.interval, lift);
    }
    if (statistic.startsWith("log")) {
      const interval = katzLift(control, treatment, ALPHA);
      return interval && covers(interval, lift);
    }
    const [estimate, error] = [liftOf(c.mean, t.mean), liftStandardError(c, t)];
    if (estimate === undefined || error === undefined) return undefined;
    return covers([estimate - z * error, estimate + z * error], lift);
  });
  return { rate, nominal: 1 - ALPHA };
};

export const welchNull: Simulate = (input) => {
  const [n, sigma] = [numberIn(input, "n_per_arm"), numberIn(input, "sigma")];
  const normal = normalSampler(randomOf(`welch ${n} ${sigma}`));
  const sample = (): Sample => sampleOf(drawn(n, () => Math.exp(sigma * normal())));
  return {
    rate: simulateRate(n > 500 ? 4_000 : 30_000, () => rejects(compareMeans(sample(), sample(), ALPHA), ALPHA)),
    nominal: ALPHA,
  };
};

/** A/A with a covariate: the level is kept, and the variance falls by ρ². */
export const cupedNull: Simulate = (input) => {
  const [n, rho] = [inText(input, /n=(\d+)/), inText(input, /correlation ([\d.]+)/)];
  const normal = normalSampler(randomOf(`cuped ${n} ${rho}`));
  const units = (): PairedMoments => {
    const x = drawn(n, normal);
    return pairedMomentsOf(
      x.map((value) => rho * value + Math.sqrt(1 - rho * rho) * normal()),
      x,
    );
  };
  let reduction: Simulated = { rate: 0, standardError: 0 };
  const reductions: number[] = [];
  const rate = simulateRate(12_000, () => {
    const { test, varianceReduction } = cuped(units(), units(), ALPHA);
    reductions.push(varianceReduction ?? 0);
    return rejects(test, ALPHA);
  });
  let at = 0;
  reduction = simulateMean(reductions.length, () => reductions[at++]!);
  return { rate, nominal: ALPHA, mean_variance_reduction: reduction, expected_variance_reduction: rho * rho };
};

/** A/A of clicks per impression: the delta method keeps the level, a test of impressions does not. */
export const ratioNull: Simulate = (input) => {
  const users = inText(input, /(\d+) users/);
  const [a, b, mean] = [
    inText(input, /Beta\(([\d.]+)/),
    inText(input, /Beta\([\d.]+,([\d.]+)/),
    inText(input, /Poisson\(([\d.]+)/),
  ];
  const random = randomOf(`ratio ${users} ${a} ${b} ${mean}`);
  const [propensity, impressions] = [betaSampler(a, b, random), poissonSampler(mean, random)];
  const isNaive = statisticIn(input).startsWith("naive");
  const arm = () => {
    let [y, d, yy, yd, dd] = [0, 0, 0, 0, 0];
    for (let user = 0; user < users; user++) {
      const [p, shown] = [propensity(), 1 + impressions()];
      let clicks = 0;
      for (let i = 0; i < shown; i++) if (random() < p) clicks++;
      y += clicks;
      d += shown;
      yy += clicks * clicks;
      yd += clicks * shown;
      dd += shown * shown;
    }
    return { y, d, sums: { y: BigInt(y), d: BigInt(d), yy: BigInt(yy), yd: BigInt(yd), dd: BigInt(dd) } };
  };
  const rate = simulateRate(5_000, () => {
    const [control, treatment] = [arm(), arm()];
    if (!isNaive)
      return rejects(compareRatios({ n: users, sums: control.sums }, { n: users, sums: treatment.sums }, ALPHA), ALPHA);
    return rejects(
      comparePooledProportions({ n: control.d, conversions: control.y }, { n: treatment.d, conversions: treatment.y }),
      ALPHA,
    );
  });
  return { rate, nominal: ALPHA };
};

export const quantileNull: Simulate = (input) => {
  const [percentile, n] = [inText(input, /p(\d+) /), inText(input, /n=(\d+)/)];
  const normal = normalSampler(randomOf(`quantile ${percentile} ${n}`));
  const z = normalUpperQuantile(ALPHA / 2);
  const summary = () => summariseQuantile(orderedValues(drawn(n, () => Math.exp(normal()))), percentile / 100, z);
  return {
    rate: simulateRate(4_000, () => rejects(compareQuantiles(summary(), summary(), ALPHA), ALPHA)),
    nominal: ALPHA,
  };
};

/** The spread of the Kolmogorov-Smirnov distance of n uniform numbers, and its mean, both over √n (Marsaglia, Tsang & Wang 2003). */
const KS_SPREAD = 0.2603;

/** The p-values of A/A tests are uniform. The distance is a draw, not a rate: its spread stands for a standard error. */
export const uniformity: Simulate = (input) => {
  const [n, tests] = [inText(input, /n=(\d+)/), inText(input, /(\d+) A\/A/)];
  const normal = normalSampler(randomOf(`uniformity ${n} ${tests}`));
  const sample = (): Sample => sampleOf(drawn(n, normal));
  const pValues = drawn(tests, () => {
    const test = compareMeans(sample(), sample(), ALPHA);
    return test.kind === "undefined" ? 1 : test.pValue;
  }).toSorted((a, b) => a - b);
  const distance = pValues.reduce(
    (most, p, i) => Math.max(most, Math.abs(p - i / tests), Math.abs((i + 1) / tests - p)),
    0,
  );
  return {
    value: { rate: distance, standardError: KS_SPREAD / Math.sqrt(tests) },
    critical_value_1_percent: Number((1.63 / Math.sqrt(tests)).toFixed(4)),
    // The p-value of another draw is any number from 0 to 1.
    ks_p_value: { rate: kolmogorovSf(distance * Math.sqrt(tests)), standardError: 0.29 },
  };
};

/** P(K > x) of the Kolmogorov distribution. */
const kolmogorovSf = (x: number): number => {
  let sum = 0;
  for (let k = 1; k < 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
};

/** Ten tests, some of them of something real. */
export const familyErrors =
  (adjust: (pValues: readonly number[]) => readonly (number | null)[]) =>
  (isRate: boolean): Simulate =>
  (input) => {
    const [tests, real, mean] = [
      inText(input, /(\d+) independent/),
      inText(input, /, (\d+) with/),
      inText(input, /mean (-?[\d.]+)/),
    ];
    const normal = normalSampler(randomOf(`families ${tests} ${real} ${mean}`));
    const proportion = (): number => {
      const pValues = drawn(tests, normal).map((z, i) => 2 * normalSf(Math.abs(z + (i < real ? mean : 0))));
      const rejected = adjust(pValues).map((p) => p !== null && p <= ALPHA);
      const wrong = rejected.filter((is, i) => is && i >= real).length;
      const all = rejected.filter(Boolean).length;
      return isRate ? (all === 0 ? 0 : wrong / all) : Number(wrong > 0);
    };
    const nominal = isRate ? (ALPHA * (tests - real)) / tests : ALPHA;
    return { rate: simulateMean(30_000, proportion), nominal };
  };
