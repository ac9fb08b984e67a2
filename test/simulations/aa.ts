import { confidenceSequence } from "../../analytics/confidence-sequence.ts";
import { compareRates, exactRatesLn } from "../../analytics/count-rates.ts";
import { cupedRatio } from "../../analytics/cuped-ratio.ts";
import { cuped } from "../../analytics/cuped.ts";
import { normalSf } from "../../analytics/distributions/normal.ts";
import { compareExperiments } from "../../analytics/experiment-interaction.ts";
import { twoLevelEffects } from "../../analytics/factorial.ts";
import { fisherExact } from "../../analytics/fisher-exact.ts";
import { groupSequentialTest } from "../../analytics/group-sequential-test.ts";
import { holdoutImpact } from "../../analytics/holdout.ts";
import { testIndependence } from "../../analytics/independence.ts";
import { compareCredit, signTest } from "../../analytics/interleaving.ts";
import { mixtureSprt } from "../../analytics/msprt.ts";
import { benjaminiHochberg, bonferroni, holm, type PValue } from "../../analytics/multiple-testing.ts";
import { checkNovelty } from "../../analytics/novelty.ts";
import { postStratify } from "../../analytics/post-stratification.ts";
import { compareQuantiles, orderedValues, summariseQuantile } from "../../analytics/quantile.ts";
import { randomisationTest } from "../../analytics/randomisation-test.ts";
import { compareRatios } from "../../analytics/ratio-metric.ts";
import { lnRepeatedPValue } from "../../analytics/repeated-p-value.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { SRM_ALPHA, sampleRatioMismatch, sampleRatioMismatchOver } from "../../analytics/sample-ratio-mismatch.ts";
import { sequentialSampleRatio } from "../../analytics/sequential-srm.ts";
import { checkSimpson } from "../../analytics/simpson.ts";
import { compareBotShares, compareRandomisations, controlDrift } from "../../analytics/sutva.ts";
import { compareBlocks } from "../../analytics/switchback.ts";
import { comparePooledProportions, compareProportions } from "../../analytics/two-proportions.ts";
import { compareMeans } from "../../analytics/welch.ts";
import { binomialSampler, normalSampler, poissonSampler } from "./samplers.ts";
import { atLeast, atMost, exactly, knownWithin, rejects, type Study, studyOf } from "./study.ts";
import { clickers, drawn, jointSumsOf, pairedMomentsOf } from "./units.ts";

const ALPHA = 0.05;

const proportions = studyOf(
  "A/A of rates",
  20_000,
  {
    "unpooled, 0.1 of 2,000 and 1,000 units": exactly(ALPHA),
    "pooled, 0.1 of 2,000 and 1,000 units": exactly(ALPHA),
    "Fisher's exact test, 0.1 of 80 and 60 units, conservative": atMost(ALPHA),
    "Poisson rates of some 200 events": exactly(ALPHA),
    "exact test of Poisson rates of some 20 events, conservative": atMost(ALPHA),
    "sign test of 40 sessions and ties, conservative": atMost(ALPHA),
    "shares of bots": exactly(ALPHA),
    "independence of two assignments": exactly(ALPHA),
    "shares of the treatment in three segments": exactly(ALPHA),
  },
  (random) => {
    const [many, fewer] = [binomialSampler(2_000, 0.1, random), binomialSampler(1_000, 0.1, random)];
    const [few, fewest] = [binomialSampler(80, 0.1, random), binomialSampler(60, 0.1, random)];
    const [events, some] = [poissonSampler(200, random), poissonSampler(20, random)];
    const [wins, half] = [binomialSampler(40, 0.5, random), binomialSampler(1_000, 0.5, random)];
    return () => {
      const pair = [
        { n: 2_000, conversions: many() },
        { n: 1_000, conversions: fewer() },
      ] as const;
      const won = wins();
      const sign = signTest({ winsFirst: won, winsSecond: 40 - won, ties: 10 }, ALPHA);
      const [lnExact, rows] = [
        exactRatesLn({ events: some(), exposure: 2 }, { events: some(), exposure: 2 }),
        [half(), half(), half()],
      ];
      const simpson = checkSimpson(
        rows.map((n) => ({ control: { n, sum: n }, treatment: { n: 1_000 - n, sum: 1_000 - n } })),
      );
      return {
        "unpooled, 0.1 of 2,000 and 1,000 units": rejects(compareProportions(...pair, ALPHA), ALPHA),
        "pooled, 0.1 of 2,000 and 1,000 units": rejects(comparePooledProportions(...pair), ALPHA),
        "Fisher's exact test, 0.1 of 80 and 60 units, conservative":
          fisherExact({ n: 80, conversions: few() }, { n: 60, conversions: fewest() }) <= ALPHA,
        "Poisson rates of some 200 events": rejects(
          compareRates({ events: events(), exposure: 7 }, { events: events(), exposure: 7 }, ALPHA),
          ALPHA,
        ),
        "exact test of Poisson rates of some 20 events, conservative":
          lnExact === undefined ? undefined : lnExact <= Math.log(ALPHA),
        "sign test of 40 sessions and ties, conservative": rejects(sign, ALPHA),
        "shares of bots": rejects(
          compareBotShares([
            { units: 2_000, bots: many() },
            { units: 1_000, bots: fewer() },
          ]).test,
          ALPHA,
        ),
        "independence of two assignments": rejects(
          testIndependence(rows.map((first) => [first, 1_000 - first])),
          ALPHA,
        ),
        "shares of the treatment in three segments":
          simpson.kind === "estimated" ? rejects(simpson.allocation, ALPHA) : undefined,
      };
    };
  },
);

/** Units fall in strata by a second number, which says something of the first. */
const sideOf = (own: readonly number[], of: readonly number[], isHigh: boolean) =>
  sampleOf(own.filter((_, i) => of[i]! > 0 === isHigh));

const means = studyOf(
  "A/A of values",
  6_000,
  {
    "Welch, 40 and 80 units": exactly(ALPHA),
    "CUPED, 40 and 80 units, correlation 0.6": knownWithin(ALPHA, 0.05, 0.06),
    "post-stratification, 40 and 80 units in two strata": knownWithin(ALPHA, 0.05, 0.065),
    "holdout, normal test of 40 and 80 units": knownWithin(ALPHA, 0.05, 0.065),
    "median, 300 and 300 lognormal values": exactly(ALPHA),
    "interleaved credit by user": exactly(ALPHA),
    "main effect of a factorial": exactly(ALPHA),
    "any of three factorial effects by Bonferroni": atMost(0.055),
    "interaction of two experiments": exactly(ALPHA),
    "effect that changes with the days": exactly(ALPHA),
    "control that drifts as the treatment's share grows": exactly(ALPHA),
    "clusters against units": exactly(ALPHA),
  },
  (random) => {
    const normal = normalSampler(random);
    const z = 1.959963984540054;
    const value = () => 3 + normal();
    return () => {
      const [before, after] = [drawn(40, normal), drawn(80, normal)];
      const [x, w] = [before, after].map((own) => own.map((each) => 0.6 * each + 0.8 * normal()));
      const strata = [true, false].map((isHigh) => ({
        control: sideOf(before, x!, isHigh),
        treatment: sideOf(after, w!, isHigh),
      }));
      const stratified = postStratify(strata, ALPHA);
      const lognormal = () => summariseQuantile(orderedValues(drawn(300, () => Math.exp(normal()))), 0.5, z);
      const impact = holdoutImpact(sampleOf(before), sampleOf(after), 1, ALPHA);
      const cells = [0, 1, 2, 3].map((bits) => ({ levels: [bits & 1, bits >> 1], ...sampleOf(drawn(80, value)) }));
      const effects = twoLevelEffects(cells, ALPHA);
      const days = Array.from({ length: 10 }, () => ({ mean: 1 + normal(), variance: 1 }));
      const novelty = checkNovelty(days, ALPHA);
      return {
        "Welch, 40 and 80 units": rejects(compareMeans(sampleOf(before), sampleOf(after), ALPHA), ALPHA),
        "CUPED, 40 and 80 units, correlation 0.6": rejects(
          cuped(pairedMomentsOf(before, x!), pairedMomentsOf(after, w!), ALPHA).test,
          ALPHA,
        ),
        "post-stratification, 40 and 80 units in two strata":
          stratified.kind === "estimated" ? rejects(stratified.randomWeights, ALPHA) : undefined,
        "holdout, normal test of 40 and 80 units":
          impact.kind === "estimated" ? rejects(impact.test, ALPHA) : undefined,
        "median, 300 and 300 lognormal values": rejects(compareQuantiles(lognormal(), lognormal(), ALPHA), ALPHA),
        "interleaved credit by user": rejects(
          compareCredit(sampleOf(drawn(60, () => Math.floor(3 * random()) - 1)), ALPHA),
          ALPHA,
        ),
        "main effect of a factorial": effects[0] && rejects(effects[0].test, ALPHA),
        "any of three factorial effects by Bonferroni": effects.some(({ test }) => rejects(test, ALPHA / 3)),
        "interaction of two experiments": rejects(
          compareExperiments(
            [
              [cells[0]!, cells[1]!],
              [cells[2]!, cells[3]!],
            ],
            ALPHA,
          ).contrasts[0]!.test,
          ALPHA,
        ),
        "effect that changes with the days": novelty.kind === "estimated" ? rejects(novelty.trend, ALPHA) : undefined,
        "control that drifts as the treatment's share grows": rejects(
          controlDrift(
            days.map((control, i) => ({ treatmentShare: i / 10, control })),
            ALPHA,
          ),
          ALPHA,
        ),
        "clusters against units": rejects(compareRandomisations(days[0]!, days[1]!, ALPHA), ALPHA),
      };
    };
  },
);

const ratios = studyOf(
  "A/A of clicks per page, 300 and 300 users",
  6_000,
  { "delta method": exactly(ALPHA), CUPED: exactly(ALPHA), "before the first exposure": exactly(ALPHA) },
  (random) => {
    const click = clickers(random);
    return () => {
      const [control, treatment] = [jointSumsOf(300, () => click(0)), jointSumsOf(300, () => click(0))];
      const adjusted = cupedRatio(control, treatment, ALPHA);
      const has = adjusted.kind === "estimated" ? adjusted : undefined;
      return {
        "delta method": rejects(compareRatios(control, treatment, ALPHA), ALPHA),
        CUPED: has && rejects(has.test, ALPHA),
        "before the first exposure": has && rejects(has.preExposure, ALPHA),
      };
    };
  },
);

const blocks = studyOf(
  "A/A of 60 windows of a switchback test",
  3_000,
  {
    "Welch, independent windows": exactly(ALPHA),
    "Newey and West, independent windows, short with few": knownWithin(ALPHA, 0.05, 0.09),
    "randomisation test in strata of unlike windows": exactly(ALPHA),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      // Every second window is busy. Of each ten of a kind, five are drawn to be treated.
      const windows = Array.from({ length: 60 }, (_, period) => ({
        period,
        treated: false,
        stratum: `${period % 2} ${Math.floor(period / 20)}`,
        noise: normal(),
      }));
      for (const own of Map.groupBy(windows, ({ stratum }) => stratum).values()) {
        const left = [...own];
        for (let i = 0; i < own.length / 2; i++) left.splice(Math.floor(random() * left.length), 1)[0]!.treated = true;
      }
      const test = compareBlocks(
        windows.map(({ period, treated, noise }) => ({ period, treated, value: noise })),
        4,
        ALPHA,
      );
      const p = randomisationTest(
        windows.map(({ treated, stratum, noise, period }) => ({ treated, stratum, value: noise + 5 * (period % 2) })),
        random,
        199,
      );
      return {
        "Welch, independent windows": test.kind === "estimated" ? rejects(test.welch, ALPHA) : undefined,
        "Newey and West, independent windows, short with few":
          test.kind === "estimated" ? rejects(test.autocorrelated, ALPHA) : undefined,
        "randomisation test in strata of unlike windows": p === undefined ? undefined : p <= ALPHA,
      };
    };
  },
);

const MANY_LOOKS = 400;

const watched = studyOf(
  `A/A of normal data, watched at ${MANY_LOOKS} looks`,
  4_000,
  {
    "confidence sequence": atMost(ALPHA),
    mSPRT: atMost(ALPHA),
    "confidence sequence, one-sided": atMost(ALPHA),
    "fixed-horizon test, which is not made for it": knownWithin(ALPHA, 0.4, 0.6),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      let [sum, anytime, oneSided, sprt, fixed] = [0, false, false, false, false];
      for (let look = 1; look <= MANY_LOOKS; look++) {
        // 20 units a look with variance 1.
        sum += Math.sqrt(20) * normal();
        const n = 20 * look;
        const error = 1 / Math.sqrt(n);
        fixed ||= Math.abs(sum / n) > 1.96 * error;
        // Nothing that rejects is nearer than this.
        if (Math.abs(sum / n) < 1.9 * error) continue;
        const sequence = confidenceSequence(sum / n, error, n, 1_000, ALPHA);
        const mixture = mixtureSprt(sum / n, error * error, 0.05 ** 2, ALPHA);
        anytime ||= rejects(sequence, ALPHA) ?? false;
        oneSided ||= sequence.kind === "estimated" && sequence.oneSided.lower > 0;
        sprt ||= rejects(mixture, ALPHA) ?? false;
      }
      return {
        "confidence sequence": anytime,
        mSPRT: sprt,
        "confidence sequence, one-sided": oneSided,
        "fixed-horizon test, which is not made for it": fixed,
      };
    };
  },
);

const LOOKS = [0.25, 0.5, 1];

const planned = studyOf(
  "A/A at three planned looks",
  2_500,
  {
    "group sequential, O'Brien-Fleming's spending": exactly(ALPHA),
    "group sequential, Hwang-Shih-DeCani's spending": exactly(ALPHA),
    "repeated p-value at any look, Pocock's spending": exactly(ALPHA),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      let [score, before] = [0, 0];
      const looks = LOOKS.map((fraction) => {
        score += Math.sqrt(fraction - before) * normal();
        before = fraction;
        return { fraction, difference: score / fraction, standardError: 1 / Math.sqrt(fraction) };
      });
      const stopped = (spending: "obrien_fleming" | "hwang_shih_decani"): boolean =>
        groupSequentialTest(looks, ALPHA, { spending, parameter: -2 }).some(({ decision }) => decision === "reject");
      return {
        "group sequential, O'Brien-Fleming's spending": stopped("obrien_fleming"),
        "group sequential, Hwang-Shih-DeCani's spending": stopped("hwang_shih_decani"),
        "repeated p-value at any look, Pocock's spending": looks.some(({ difference, standardError }, k) => {
          const size = Math.abs(difference) / standardError;
          // Only where it could be near the level, since it takes a search.
          return size > 1.9 && lnRepeatedPValue(LOOKS.slice(0, k + 1), size, { spending: "pocock" }) <= Math.log(ALPHA);
        }),
      };
    };
  },
);

/** False rejections where only the first five tests are of something real: whether there is any, and their share. */
const wrong = (adjusted: readonly (PValue | null)[]) => {
  const rejected = adjusted.map((p) => p !== null && p.pValue <= ALPHA);
  const all = rejected.filter(Boolean).length;
  const mistakes = rejected.slice(5).filter(Boolean).length;
  return { any: mistakes > 0, share: all === 0 ? 0 : mistakes / all };
};

const families = studyOf(
  "Twenty tests, correlation 0.6, five of them of something real",
  15_000,
  {
    "Benjamini-Hochberg, false discovery rate": atMost((ALPHA * 15) / 20),
    "Bonferroni, any false rejection": atMost(ALPHA),
    "Holm, any false rejection": atMost(ALPHA),
    "no correction, any false rejection": knownWithin(ALPHA, 0.2, 0.5),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const common = Math.sqrt(0.6) * normal();
      // One-sided: positively dependent in the sense that Benjamini and Hochberg's rate needs (PRDS).
      const pValues = Array.from({ length: 20 }, (_, i): PValue => {
        const pValue = normalSf(common + Math.sqrt(0.4) * normal() + (i < 5 ? 3 : 0));
        return { pValue, lnPValue: Math.log(pValue) };
      });
      return {
        "Benjamini-Hochberg, false discovery rate": wrong(benjaminiHochberg(pValues)).share,
        "Bonferroni, any false rejection": wrong(bonferroni(pValues)).any,
        "Holm, any false rejection": wrong(holm(pValues)).any,
        "no correction, any false rejection": wrong(pValues).any,
      };
    };
  },
);

const anytimeFamilies = studyOf(
  "A/A of five metrics, correlation 0.5, watched at 50 looks",
  3_000,
  { "confidence sequences by Holm, any rejection": atMost(ALPHA) },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const sums = drawn(5, () => 0);
      const smallest = drawn(5, () => 0);
      for (let look = 1; look <= 50; look++) {
        const common = Math.sqrt(0.5) * normal();
        for (let metric = 0; metric < 5; metric++) {
          sums[metric]! += common + Math.sqrt(0.5) * normal();
          const test = confidenceSequence(sums[metric]! / look, 1 / Math.sqrt(look), 200 * look, 4_000, ALPHA);
          if (test.kind === "estimated") smallest[metric] = Math.min(smallest[metric]!, test.lnPValue);
        }
      }
      const adjusted = holm(smallest.map((lnPValue) => ({ lnPValue, pValue: Math.exp(lnPValue) })));
      return { "confidence sequences by Holm, any rejection": adjusted.some((p) => p !== null && p.pValue <= ALPHA) };
    };
  },
);

const split = (treated: number, n: number, share: number) => [
  { units: n - treated, weight: 1 - share },
  { units: treated, weight: share },
];

const splits = studyOf(
  "A split that is as planned, 30 days with 300 units, 50/50 and then 80/20",
  15_000,
  {
    "chi-squared over both periods, at the end": exactly(SRM_ALPHA),
    "sequential test over both periods, every day": atMost(SRM_ALPHA),
    "chi-squared, every day, which it is not made for": knownWithin(SRM_ALPHA, 0.003, 0.02),
    "a split of 52 % of 9,000, chi-squared": atLeast(0.6),
    "a split of 52 % of 9,000, sequential": atLeast(0.3),
  },
  (random) => {
    const even = binomialSampler(300, 0.5, random);
    const uneven = binomialSampler(300, 0.2, random);
    const broken = binomialSampler(300, 0.52, random);
    return () => {
      const periods = [
        { treated: 0, n: 0, share: 0.5 },
        { treated: 0, n: 0, share: 0.2 },
      ];
      let [lnP, lnBroken, naive, wrong] = [0, 0, false, 0];
      for (let day = 1; day <= 30; day++) {
        const period = periods[day <= 15 ? 0 : 1]!;
        period.treated += period.share === 0.5 ? even() : uneven();
        period.n += 300;
        wrong += broken();
        const so = periods.filter(({ n }) => n > 0).map(({ treated, n, share }) => split(treated, n, share));
        ({ lnPValue: lnP } = sequentialSampleRatio(so, lnP));
        ({ lnPValue: lnBroken } = sequentialSampleRatio([split(wrong, 300 * day, 0.5)], lnBroken));
        naive ||= sampleRatioMismatchOver(so).flagged;
      }
      return {
        "chi-squared over both periods, at the end": sampleRatioMismatchOver(
          periods.map(({ treated, n, share }) => split(treated, n, share)),
        ).flagged,
        "sequential test over both periods, every day": lnP < Math.log(SRM_ALPHA),
        "chi-squared, every day, which it is not made for": naive,
        "a split of 52 % of 9,000, chi-squared": sampleRatioMismatch(split(wrong, 9_000, 0.5)).flagged,
        "a split of 52 % of 9,000, sequential": lnBroken < Math.log(SRM_ALPHA),
      };
    };
  },
);

/** How often tests reject where there is nothing to find. */
export const falseAlarms: readonly Study[] = [
  proportions,
  means,
  ratios,
  blocks,
  watched,
  planned,
  families,
  anytimeFamilies,
  splits,
];
