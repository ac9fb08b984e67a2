import {
  adjustTests,
  bonferroniIntervals,
  falseCoverageIntervals,
  type Tested,
} from "../../analytics/adjusted-intervals.ts";
import { compareClusterMeans } from "../../analytics/cluster-means.ts";
import { type Cluster, clusteredSampleOf, compareClusters } from "../../analytics/cluster-robust.ts";
import { compareExperiments } from "../../analytics/experiment-interaction.ts";
import { type LevelContrast, levelContrasts, twoLevelEffects } from "../../analytics/factorial.ts";
import { compareSegments } from "../../analytics/heterogeneity.ts";
import { holdoutImpact } from "../../analytics/holdout.ts";
import { compareCredit, signTest } from "../../analytics/interleaving.ts";
import { checkNovelty } from "../../analytics/novelty.ts";
import { sampleOf } from "../../analytics/sample-of.ts";
import { compareBlocks } from "../../analytics/switchback.ts";
import { waldTest } from "../../analytics/wald-test.ts";
import { meanOf } from "../../analytics/welch.ts";
import { normalSampler, type Random } from "./samplers.ts";
import { atLeast, atMost, covers, exactly, intervalOf, knownWithin, type Study, studyOf } from "./study.ts";
import { drawn } from "./units.ts";

const ALPHA = 0.05;
const LEVEL = 1 - ALPHA;

const EFFECTS = [0, 0, 0, 0, 0, 1.5, 2, 2.5, 3, 3.5] as const;

const families = studyOf(
  "Ten differences with standard error 1, half of them real, correlation 0.5",
  15_000,
  {
    "Bonferroni's intervals, all at once": atLeast(LEVEL),
    "share of the intervals of those that Benjamini-Hochberg rejects that miss": atMost(ALPHA),
    "share of plain intervals of those that differ from 0 that miss, which selection makes larger": knownWithin(
      ALPHA,
      0.06,
      0.3,
    ),
    "Holm's intervals leave out 0 exactly where Holm rejects": exactly(1),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const common = Math.sqrt(0.5) * normal();
      const tests = EFFECTS.map((effect): Tested => {
        const test = waldTest(effect + common + Math.sqrt(0.5) * normal(), 1, ALPHA);
        if (test.kind === "undefined") throw new Error("The standard error is 1.");
        return test;
      });
      const missing = (intervals: readonly (readonly [number, number] | null)[]): number => {
        const held = intervals.flatMap((interval, i) => covers(interval, EFFECTS[i]!) ?? []);
        return held.length === 0 ? 0 : held.filter((holds) => !holds).length / held.length;
      };
      const plain = tests.map(({ difference }) =>
        Math.abs(difference) > 1.96 ? ([difference - 1.96, difference + 1.96] as const) : null,
      );
      return {
        "Bonferroni's intervals, all at once": bonferroniIntervals(tests, ALPHA).every(
          (interval, i) => covers(interval, EFFECTS[i]!) ?? false,
        ),
        "share of the intervals of those that Benjamini-Hochberg rejects that miss": missing(
          falseCoverageIntervals(tests, ALPHA),
        ),
        "share of plain intervals of those that differ from 0 that miss, which selection makes larger": missing(plain),
        "Holm's intervals leave out 0 exactly where Holm rejects": adjustTests(tests, "holm", ALPHA).every(
          (each) => each?.rejected === (covers(each?.interval, 0) === false),
        ),
      };
    };
  },
);

/** Clusters of 5 to 35 units that share a part of their value: intraclass correlation 0.2. */
const clustersOf = (count: number, mean: number, normal: () => number, random: Random): Cluster[] =>
  Array.from({ length: count }, () => {
    const units = 5 + Math.floor(31 * random());
    // The sum of the units' own parts is drawn at once.
    return { units, sum: units * (mean + Math.sqrt(0.2) * normal()) + Math.sqrt(0.8 * units) * normal() };
  });

const clusters = (perVariant: number, robust: ReturnType<typeof exactly>, ratio: ReturnType<typeof exactly>): Study =>
  studyOf(
    `${2 * perVariant} clusters of 5 to 35 units`,
    8_000,
    {
      "CR1 interval, Student's t, short with very few": robust,
      "delta interval of a ratio, normal, short with few": ratio,
      "Welch's interval of the clusters' means": exactly(LEVEL),
    },
    (random) => {
      const normal = normalSampler(random);
      return () => {
        const control = clustersOf(perVariant, 1, normal, random);
        const treatment = clustersOf(perVariant, 1.3, normal, random);
        const test = compareClusters(clusteredSampleOf(control), clusteredSampleOf(treatment), ALPHA);
        if (test.kind === "undefined") throw new Error("There are clusters enough.");
        return {
          "CR1 interval, Student's t, short with very few": covers(intervalOf(test.robust), 0.3),
          "delta interval of a ratio, normal, short with few": covers(intervalOf(test.ratio), 0.3),
          "Welch's interval of the clusters' means": covers(
            intervalOf(compareClusterMeans(control, treatment, ALPHA)),
            0.3,
          ),
        };
      };
    },
  );

/** Windows of a switchback test, with noise that carries over as an AR(1) with `carried`; sides are drawn for runs of `run` windows. */
const switchback = (
  name: string,
  { windows, carried, run, lag }: Readonly<Record<"windows" | "carried" | "run" | "lag", number>>,
  welch: ReturnType<typeof exactly>,
  autocorrelated: ReturnType<typeof exactly>,
): Study =>
  studyOf(
    name,
    5_000,
    { "Welch's interval of the windows": welch, "Newey and West's interval": autocorrelated },
    (random) => {
      const normal = normalSampler(random);
      return () => {
        let noise = normal();
        let treated = false;
        const blocks = Array.from({ length: windows }, (_, period) => {
          if (period % run === 0) treated = random() < 0.5;
          noise = carried * noise + Math.sqrt(1 - carried * carried) * normal();
          return { period, treated, value: 10 + (treated ? 0.5 : 0) + noise };
        });
        const test = compareBlocks(blocks, lag, ALPHA);
        if (test.kind === "undefined")
          return { "Welch's interval of the windows": undefined, "Newey and West's interval": undefined };
        return {
          "Welch's interval of the windows": covers(intervalOf(test.welch), 0.5),
          "Newey and West's interval": covers(intervalOf(test.autocorrelated), 0.5),
        };
      };
    },
  );

const interleaving = studyOf(
  "Interleaving, 200 users with 1 to 9 sessions",
  6_000,
  {
    "Student's interval of the preference by user": exactly(LEVEL),
    "Wilson's interval of the share of wins, independent sessions": knownWithin(LEVEL, 0.94, 0.96),
    "normal interval of the wins' difference, where neither wins": knownWithin(LEVEL, 0.94, 0.96),
  },
  (random) => {
    const wins = (chance: number): number => drawn(150, () => Number(random() < chance)).reduce((a, b) => a + b, 0);
    return () => {
      // Each user prefers the second ranking with a chance of their own: 0.3 to 0.9, 0.6 in the mean.
      const users = drawn(200, () => {
        const chance = 0.3 + 0.6 * random();
        const sessions = 1 + Math.floor(9 * random());
        let second = 0;
        for (let session = 0; session < sessions; session++) if (random() < chance) second++;
        return (sessions - 2 * second) / sessions;
      });
      const [second, even] = [wins(0.6), wins(0.5)];
      const preferred = signTest({ winsFirst: 150 - second, winsSecond: second, ties: 10 }, ALPHA);
      const neither = signTest({ winsFirst: 150 - even, winsSecond: even, ties: 10 }, ALPHA);
      return {
        "Student's interval of the preference by user": covers(intervalOf(compareCredit(sampleOf(users), ALPHA)), 0.1),
        "Wilson's interval of the share of wins, independent sessions":
          preferred.kind === "estimated" ? covers(preferred.preference, 0.6) : undefined,
        "normal interval of the wins' difference, where neither wins":
          neither.kind === "estimated" ? covers(intervalOf(neither.approximate), 0) : undefined,
      };
    };
  },
);

const holdout = studyOf(
  "Holdout of 150 beside 1,350 units, a tenth more",
  5_000,
  {
    "interval of the difference": exactly(LEVEL),
    "interval of the total that the exposed did more": exactly(LEVEL),
    "interval of the total for the population": exactly(LEVEL),
    "delta interval of the lift": exactly(LEVEL),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const heldOut = sampleOf(drawn(150, () => 10 + 4 * normal()));
      const exposed = sampleOf(drawn(1_350, () => 11 + 4 * normal()));
      const impact = holdoutImpact(heldOut, exposed, 1e6, ALPHA);
      if (impact.kind === "undefined") throw new Error("Both have units.");
      return {
        "interval of the difference": covers(intervalOf(impact.test), 1),
        "interval of the total that the exposed did more": covers(impact.incremental.interval, 1_350),
        "interval of the total for the population": covers(impact.projected.interval, 1e6),
        "delta interval of the lift": covers(impact.liftInterval, 0.1),
      };
    };
  },
);

const factorsOf = ({ of }: LevelContrast): string => of.map(({ factor }) => factor).join(",");

const factorial = studyOf(
  "2 × 2 × 2 cells of 60 to 130 units with an interaction",
  4_000,
  {
    "interval of a main effect": exactly(LEVEL),
    "interval of an interaction": exactly(LEVEL),
    "interval of a level against level 0": exactly(LEVEL),
    "intervals of all seven effects by Bonferroni, at once": exactly(1 - ALPHA),
  },
  (random) => {
    const normal = normalSampler(random);
    return () => {
      const cells = Array.from({ length: 8 }, (_, bits) => {
        const levels = [bits & 1, (bits >> 1) & 1, (bits >> 2) & 1];
        // First factor +1, second −0.5, both together +0.8 more.
        const mean = levels[0]! - 0.5 * levels[1]! + 0.8 * levels[0]! * levels[1]!;
        return { levels, ...sampleOf(drawn(60 + 10 * bits, () => mean + (1 + bits / 4) * normal())) };
      });
      // In −1/+1 contrasts over the mean of the other cells: 1 + 0.4, −0.5 + 0.4, and half of 0.8.
      const truths = new Map([
        ["0", 1.4],
        ["1", -0.1],
        ["0,1", 0.4],
      ]);
      const effects = twoLevelEffects(cells, ALPHA);
      const [main] = effects;
      const both = effects.find((effect) => factorsOf(effect) === "0,1");
      const [level] = levelContrasts(cells, ALPHA);
      return {
        "interval of a main effect": main && covers(intervalOf(main.test), 1.4),
        "interval of an interaction": both && covers(intervalOf(both.test), 0.4),
        "interval of a level against level 0": level && covers(intervalOf(level.test), 1.4),
        "intervals of all seven effects by Bonferroni, at once": twoLevelEffects(cells, ALPHA / 7).every(
          (effect) => covers(intervalOf(effect.test), truths.get(factorsOf(effect)) ?? 0) ?? false,
        ),
      };
    };
  },
);

const segments = studyOf(
  "Five segments of 80 to 400 units",
  3_000,
  {
    "interval of the pooled effect, the same in all": exactly(LEVEL),
    "intervals of all segments at once": exactly(LEVEL),
    "interval of a segment less the rest": exactly(LEVEL),
    "Cochran's Q rejects one effect for all": exactly(ALPHA),
    "interval of the mean effect by DerSimonian and Laird, few segments that differ": knownWithin(LEVEL, 0.8, 0.95),
  },
  (random) => {
    const normal = normalSampler(random);
    const effectOf = (n: number, effect: number) => {
      const [before, after] = [sampleOf(drawn(n, normal)), sampleOf(drawn(n, () => effect + normal()))];
      return { mean: after.mean - before.mean, variance: meanOf(before).variance + meanOf(after).variance };
    };
    const sizes = [80, 120, 200, 300, 400];
    return () => {
      const same = compareSegments(
        sizes.map((n) => effectOf(n, 0.2)),
        ALPHA,
      );
      const different = compareSegments(
        sizes.map((n) => effectOf(n, 0.2 + 0.15 * normal())),
        ALPHA,
      );
      if (same.kind === "undefined" || different.kind === "undefined") throw new Error("Units vary.");
      const mixed = different.between?.randomEffects;
      const rest = same.segments[0]?.versusRest;
      return {
        "interval of the pooled effect, the same in all": covers(
          intervalOf(waldTest(same.pooled.mean, Math.sqrt(same.pooled.variance), ALPHA)),
          0.2,
        ),
        "intervals of all segments at once": same.segments.every(({ test }) => covers(test.interval, 0.2) ?? false),
        "interval of a segment less the rest": rest && covers(rest.interval, 0),
        "Cochran's Q rejects one effect for all": same.between && same.between.pValue <= ALPHA,
        "interval of the mean effect by DerSimonian and Laird, few segments that differ":
          mixed && covers(intervalOf(waldTest(mixed.mean, Math.sqrt(mixed.variance), ALPHA)), 0.2),
      };
    };
  },
);

const overTime = studyOf(
  "Two weeks of daily effects that fade by a tenth of a standard error, and two experiments at once",
  10_000,
  {
    "interval of the slope a day": exactly(LEVEL),
    "interval of late less early": exactly(LEVEL),
    "interval of what two experiments do together": exactly(LEVEL),
  },
  (random) => {
    const normal = normalSampler(random);
    const cell = (n: number, mean: number) => ({
      n,
      mean: mean + normal() / Math.sqrt(n),
      // Of 100 units and more it is close to 1.
      variance: 1 + Math.sqrt(2 / n) * normal(),
    });
    return () => {
      const days = Array.from({ length: 14 }, (_, day) => {
        const sd = day < 7 ? 1 : 2;
        return { mean: 2 - 0.1 * (day + 1) + sd * normal(), variance: sd * sd };
      });
      const check = checkNovelty(days, ALPHA);
      if (check.kind === "undefined") throw new Error("Every day has an effect.");
      const together = compareExperiments(
        [
          [cell(300, 0), cell(150, 0.2)],
          [cell(200, 0.1), cell(250, 0.6)],
        ],
        ALPHA,
      ).contrasts[0];
      return {
        "interval of the slope a day":
          check.trend.kind === "estimated" ? covers(check.trend.interval, -0.1) : undefined,
        "interval of late less early": covers(intervalOf(check.lateMinusEarly), -0.7),
        "interval of what two experiments do together": together && covers(intervalOf(together.test), 0.3),
      };
    };
  },
);

/** How often intervals of families of comparisons, and of designs other than two variants of units, hold the truth. */
export const designCoverage: readonly Study[] = [
  families,
  clusters(40, exactly(LEVEL), knownWithin(LEVEL, 0.94, 0.95)),
  clusters(8, knownWithin(LEVEL, 0.92, 0.95), knownWithin(LEVEL, 0.88, 0.95)),
  switchback(
    "Switchback, 100 independent windows",
    { windows: 100, carried: 0, run: 1, lag: 5 },
    exactly(LEVEL),
    knownWithin(LEVEL, 0.93, 0.95),
  ),
  switchback(
    "Switchback, 400 windows in runs of 4, autocorrelation 0.5",
    { windows: 400, carried: 0.5, run: 4, lag: 8 },
    knownWithin(LEVEL, 0.75, 0.9),
    knownWithin(LEVEL, 0.92, 0.95),
  ),
  interleaving,
  holdout,
  factorial,
  segments,
  overTime,
];
