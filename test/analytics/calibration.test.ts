import { describe, expect, it } from "vitest";
import { fiellerLift } from "../../analytics/fieller.ts";
import { katzLift } from "../../analytics/katz.ts";
import { liftOf, liftStandardError } from "../../analytics/lift.ts";
import { sampleRatioMismatch } from "../../analytics/sample-ratio-mismatch.ts";
import { normalUpperQuantile } from "../../analytics/distributions/normal.ts";
import { comparePooledProportions, compareProportions, rateOf } from "../../analytics/two-proportions.ts";
import { compareMeans, type Sample } from "../../analytics/welch.ts";
import { seededRandom } from "../random.ts";
import { aPlan, aVariant, cellsOf, CONTROL, resultsAfter } from "./an-analysis.ts";
import { readVectors } from "./golden.ts";

type Random = () => number;

/** Draws from the binomial distribution by inverting a table of its cumulative probabilities. */
const binomial = (n: number, p: number, random: Random): (() => number) => {
  const cumulative: number[] = [];
  let ln = n * Math.log1p(-p);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(ln);
    cumulative.push(sum);
    ln += Math.log(((n - k) / (k + 1)) * (p / (1 - p)));
  }
  return () => {
    const u = random() * sum;
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 1) > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
};

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const sampleOf = (n: number, draw: () => number): Sample => {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  return { n, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) };
};

/** The share of `replications` for which `happens`; those where it is undefined are left out. */
const rateOver = (replications: number, happens: () => boolean | undefined): { rate: number; n: number } => {
  let hits = 0;
  let n = 0;
  for (let i = 0; i < replications; i++) {
    const hit = happens();
    if (hit === undefined) continue;
    n++;
    if (hit) hits++;
  }
  return { rate: hits / n, n };
};

/** FORMAT.md's bound: four standard errors of both simulations together. */
const expectRate = ({ rate, n }: { rate: number; n: number }, expected: number, monteCarloSe = 0): void => {
  const bound = 4 * Math.sqrt(monteCarloSe ** 2 + (expected * (1 - expected)) / n);
  expect(Math.abs(rate - expected), `${rate} is not within ${bound} of ${expected}`).toBeLessThanOrEqual(bound);
};

const vectors = readVectors("calibration_other").cases.map(({ name, input, expected }) => ({
  name,
  /** What was counted, the last part of the name. */
  statistic: name.split(" | ").at(-1) ?? "",
  n: Number(input.n_per_arm),
  p: Number(input.p),
  lift: Number(input.lift),
  sigma: Number(input.sigma),
  rate: Number(expected.rate),
  se: Number(expected.monte_carlo_se),
}));
const named = (start: string) => vectors.filter(({ name }) => name.startsWith(start));
const covers = (interval: readonly [number, number], value: number): boolean =>
  interval[0] <= value && value <= interval[1];

describe("in simulated experiments", () => {
  it.each(named("two_proportion_null"))("$name as often as the reference found", ({ statistic, n, p, rate, se }) => {
    const draw = binomial(n, p, seededRandom(11));
    const measured = rateOver(40_000, () => {
      const control = { n, conversions: draw() };
      const treatment = { n, conversions: draw() };
      const test = statistic.startsWith("pooled")
        ? comparePooledProportions(control, treatment)
        : compareProportions(control, treatment, 0.05);
      return test.kind === "estimated" && test.pValue < 0.05;
    });
    expectRate(measured, rate, se);
  });

  it.each(named("relative_lift_coverage"))(
    "$name as often as the reference found",
    ({ statistic, n, p, lift, rate, se }) => {
      const random = seededRandom(12);
      const [before, after] = [binomial(n, p, random), binomial(n, p * (1 + lift), random)];
      const z = normalUpperQuantile(0.025);
      const measured = rateOver(40_000, () => {
        const control = { n, conversions: before() };
        const treatment = { n, conversions: after() };
        const katz = katzLift(control, treatment, 0.05);
        if (!katz) return undefined;
        if (statistic.startsWith("log")) return covers(katz, lift);
        const [from, to] = [rateOf(control), rateOf(treatment)];
        if (statistic.startsWith("Fieller")) {
          const fieller = fiellerLift(from, to, z);
          return fieller.kind !== "bounded" || covers(fieller.interval, lift);
        }
        const half = z * (liftStandardError(from, to) ?? NaN);
        return Math.abs((liftOf(from.mean, to.mean) ?? NaN) - lift) <= half;
      });
      expectRate(measured, rate, se);
    },
  );

  it.each(named("welch_null_lognormal"))("$name as often as the reference found", ({ n, sigma, rate, se }) => {
    const random = seededRandom(13);
    const draw = () => Math.exp(sigma * normal(random));
    const measured = rateOver(Math.round(400_000 / n), () => {
      const test = compareMeans(sampleOf(n, draw), sampleOf(n, draw), 0.05);
      return test.kind === "estimated" && test.pValue < 0.05;
    });
    expectRate(measured, rate, se);
  });

  it("Welch's interval covers the true difference and lift 95 % of the time, at unequal sizes and variances", () => {
    const random = seededRandom(14);
    const lifts: boolean[] = [];
    const measured = rateOver(8000, () => {
      const control = sampleOf(12, () => 10 + 2 * normal(random));
      const treatment = sampleOf(30, () => 11 + 4 * normal(random));
      const test = compareMeans(control, treatment, 0.05);
      if (test.kind === "undefined") return undefined;
      const fieller = fiellerLift(
        { mean: control.mean, variance: control.variance / 12 },
        { mean: treatment.mean, variance: treatment.variance / 30 },
        test.critical,
      );
      lifts.push(fieller.kind !== "bounded" || covers(fieller.interval, 0.1));
      return covers(test.interval, 1);
    });
    expectRate(measured, 0.95);
    expectRate({ rate: lifts.filter(Boolean).length / lifts.length, n: lifts.length }, 0.95);
  });

  it("a fair split is called bad once in a thousand looks, as the reference found", () => {
    const [reference] = named("srm_null | weights [0.5, 0.5] n=10000, 30 looks | chi-square p<0.001 at the last look");
    const draw = binomial(10_000, 0.5, seededRandom(15));
    const measured = rateOver(100_000, () => {
      const units = draw();
      return sampleRatioMismatch([
        { units, weight: 1 },
        { units: 10_000 - units, weight: 1 },
      ]).flagged;
    });
    expectRate(measured, reference?.rate ?? NaN, reference?.se);
  });

  it("a split of 49 % to 51 % of 100,000 units is called bad practically always", () => {
    const draw = binomial(10_000, 0.49, seededRandom(16));
    const measured = rateOver(200, () => {
      const units = Array.from({ length: 10 }, draw).reduce((a, b) => a + b, 0);
      return sampleRatioMismatch([
        { units, weight: 1 },
        { units: 100_000 - units, weight: 1 },
      ]).flagged;
    });
    expect(measured.rate).toBeGreaterThan(0.98);
  });

  it("two identical variants are told apart no more often than the level allows, and never before the planned end", () => {
    const draw = binomial(1000, 0.1, seededRandom(17));
    const codes = Array.from({ length: 3000 }, () => {
      const cells = [...cellsOf("v0", 1000, { m0: draw() }), ...cellsOf("v1", 1000, { m0: draw() })];
      return [resultsAfter(7, aPlan(), cells).verdict.code, resultsAfter(14, aPlan(), cells).verdict.code] as const;
    });
    expect(new Set(codes.map(([early]) => early))).toEqual(new Set(["running"]));
    const decided = codes.filter(([, late]) => late === "ship" || late === "stop_harm").length;
    // The reference's rate for the unpooled test at these figures.
    expectRate({ rate: decided / codes.length, n: codes.length }, 0.0493225);
  });

  it("none of four identical treatments is shipped more often than the level allows for one", () => {
    const draw = binomial(1000, 0.1, seededRandom(18));
    const treatments = [1, 2, 3, 4].map((i) => aVariant({ id: `v${i}`, key: `t${i}`, name: `T${i}`, weight_bp: 2000 }));
    const plan = aPlan({ variants: [{ ...CONTROL, weight_bp: 2000 }, ...treatments] });
    const measured = rateOver(2000, () => {
      const cells = plan.variants.flatMap(({ id }) => cellsOf(id, 1000, { m0: draw() }));
      return resultsAfter(14, plan, cells).verdict.code === "ship";
    });
    // Only the good side of 5 % ships: 2.5 %, which Bonferroni shares among the four.
    expect(measured.rate).toBeLessThanOrEqual(0.025 + 4 * Math.sqrt((0.025 * 0.975) / measured.n));
  });
});
