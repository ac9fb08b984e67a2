import { bestArmBeta } from "../../analytics/best-arm.ts";
import { banditEstimates, type PeriodVariant } from "../../analytics/bandit-estimates.ts";
import { withFloor } from "../../analytics/bandit-weights.ts";
import { compareClusterMeans } from "../../analytics/cluster-means.ts";
import { type Cluster, clusteredSampleOf, compareClusters } from "../../analytics/cluster-robust.ts";
import { normalSf } from "../../analytics/distributions/normal.ts";
import { SRM_ALPHA, sampleRatioMismatch } from "../../analytics/sample-ratio-mismatch.ts";
import { sequentialSampleRatio } from "../../analytics/sequential-srm.ts";
import type { Fields } from "../golden/compare.ts";
import { type Simulate, textIn } from "../golden/method.ts";
import { simulateMean, simulateRate } from "./rate.ts";
import { binomialSampler, normalSampler, type Random, randomOf } from "./samplers.ts";

const ALPHA = 0.05;

const numbersIn = (input: Fields, pattern: RegExp): number[] => {
  const found = pattern.exec(textIn(input, "scenario"));
  if (!found) throw new Error(`The scenario “${textIn(input, "scenario")}” lacks ${String(pattern)}.`);
  return found.slice(1).map(Number);
};

/** Units of a batch by variant: binomials, one after the other. */
const splitSampler = (weights: readonly number[], random: Random): ((units: number) => number[]) => {
  const samplers = new Map<string, () => number>();
  return (units) => {
    let [left, weightLeft] = [units, weights.reduce((sum, weight) => sum + weight, 0)];
    return weights.map((weight, i) => {
      if (i === weights.length - 1) return left;
      const name = `${i}:${left}`;
      let sampler = samplers.get(name);
      if (!sampler) samplers.set(name, (sampler = binomialSampler(left, weight / weightLeft, random)));
      const taken = sampler();
      left -= taken;
      weightLeft -= weight;
      return taken;
    });
  };
};

/** A split that is as planned, looked at often: how often is it called broken? */
export const splitNull: Simulate = (input) => {
  const scenario = textIn(input, "scenario");
  const weights = (/\[([^\]]+)\]/.exec(scenario)?.[1] ?? "").split(",").map(Number);
  const [n = 0, looks = 0] = numbersIn(input, /n=(\d+), (\d+) looks/);
  const statistic = textIn(input, "statistic");
  const concentration = Number(/concentration ([\d.]+)/.exec(statistic)?.[1] ?? 1000);
  const split = splitSampler(weights, randomOf(`splits ${scenario}`));
  const batch = Math.round(n / looks);
  const rate = simulateRate(20_000, () => {
    const units = weights.map(() => 0);
    const counts = () => weights.map((weight, i) => ({ weight, units: units[i]! }));
    let flagged = false;
    let lnPValue = 0;
    for (let look = 1; look <= looks; look++) {
      for (const [i, more] of split(batch).entries()) units[i]! += more;
      if (statistic.startsWith("sequential"))
        ({ lnPValue } = sequentialSampleRatio([counts()], lnPValue, concentration));
      else if (look === looks || statistic.includes("any look"))
        flagged ||= sampleRatioMismatch(counts()).pValue < SRM_ALPHA;
    }
    return flagged || Math.exp(lnPValue) <= SRM_ALPHA;
  });
  return { rate, nominal: SRM_ALPHA };
};

/** A/A with units that come in clusters. */
export const clusterNull: Simulate = (input) => {
  const [count = 0, size = 0, icc = 0] = numbersIn(input, /(\d+) clusters of (\d+), ICC ([\d.]+)/);
  const normal = normalSampler(randomOf(`clusters ${count} ${size} ${icc}`));
  const statistic = textIn(input, "statistic");
  /** One variant: its clusters, and the squares of its units' values. */
  const arm = (): { readonly clusters: Cluster[]; readonly squares: number } => {
    let squares = 0;
    const clusters = Array.from({ length: count / 2 }, () => {
      const shared = Math.sqrt(icc) * normal();
      let sum = 0;
      for (let unit = 0; unit < size; unit++) {
        const value = shared + Math.sqrt(1 - icc) * normal();
        sum += value;
        squares += value * value;
      }
      return { units: size, sum };
    });
    return { clusters, squares };
  };
  const naive = (arms: readonly ReturnType<typeof arm>[]): boolean => {
    const units = (count / 2) * size;
    const means = arms.map(({ clusters }) => clusters.reduce((sum, cluster) => sum + cluster.sum, 0) / units);
    const variances = arms.map(({ squares }, i) => (squares / units - means[i]! ** 2) / (units - 1));
    return 2 * normalSf(Math.abs((means[1]! - means[0]!) / Math.sqrt(variances[0]! + variances[1]!))) <= ALPHA;
  };
  const rate = simulateRate(count > 40 ? 5_000 : 12_000, () => {
    const [control, treatment] = [arm(), arm()];
    if (statistic.startsWith("naive")) return naive([control, treatment]);
    if (statistic.startsWith("cluster-means")) {
      const test = compareClusterMeans(control.clusters, treatment.clusters, ALPHA);
      return test.kind === "undefined" ? undefined : test.pValue <= ALPHA;
    }
    const test = compareClusters(clusteredSampleOf(control.clusters), clusteredSampleOf(treatment.clusters), ALPHA);
    if (test.kind === "undefined" || test.robust.kind === "undefined") return undefined;
    return test.robust.pValue <= ALPHA;
  });
  return { rate, nominal: ALPHA };
};

/** What two estimates of the first of identical variants are off by, one pair a replication. */
const biasesOf = ([arms = 2, p = 0, batches = 0, size = 0, floor = 0]: readonly number[]) => {
  const random = randomOf(`bandits ${arms} ${p} ${batches} ${size} ${floor}`);
  const conversionsOf = new Map<number, () => number>();
  const converted = (n: number): number => {
    let sampler = conversionsOf.get(n);
    if (!sampler) conversionsOf.set(n, (sampler = binomialSampler(n, p, random)));
    return sampler();
  };
  return Array.from({ length: 1_500 }, () => {
    const totals = Array.from({ length: arms }, () => ({ n: 0, conversions: 0 }));
    const periods: PeriodVariant[][] = [];
    for (let batch = 0; batch < batches; batch++) {
      const { probabilityBest } = bestArmBeta(
        totals.map(({ n, conversions }) => ({ a: 1 + conversions, b: 1 + n - conversions })),
      );
      const shares = withFloor(probabilityBest, floor);
      const units = shares.map(() => 0);
      for (let unit = 0; unit < size; unit++) {
        let at = random();
        const i = shares.findIndex((share) => (at -= share) < 0);
        units[i < 0 ? arms - 1 : i]! += 1;
      }
      periods.push(
        units.map((n, i) => {
          const conversions = converted(n);
          totals[i] = { n: totals[i]!.n + n, conversions: totals[i]!.conversions + conversions };
          const mean = n === 0 ? 0 : conversions / n;
          return { n, mean, variance: n < 2 ? 0 : (mean * (1 - mean) * n) / (n - 1), allocation: shares[i]! };
        }),
      );
    }
    const [first] = banditEstimates(periods);
    return first?.kind === "estimated"
      ? { naive: first.naiveMean - p, hajek: first.hajekMean - p }
      : { naive: 0, hajek: 0 };
  });
};

/** By scenario: both estimates are of the same bandits, which take long to run. */
const biases = new Map<string, ReturnType<typeof biasesOf>>();

/** Thompson sampling in batches over identical variants: what the estimates of the first one are off by. */
export const banditBias: Simulate = (input) => {
  const scenario = textIn(input, "scenario");
  let known = biases.get(scenario);
  if (!known)
    biases.set(
      scenario,
      (known = biasesOf(
        numbersIn(input, /(\d+) identical arms p=([\d.]+), batched Thompson, (\d+) batches of (\d+), floor ([\d.]+)/),
      )),
    );
  const isHajek = textIn(input, "statistic").startsWith("Hajek");
  let at = 0;
  const all = known;
  return { value: simulateMean(all.length, () => all[at++]![isHajek ? "hajek" : "naive"]) };
};
