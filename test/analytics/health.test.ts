import { describe, expect, it } from "vitest";
import { healthOf } from "../../analytics/health.ts";
import { sequentialSampleRatio } from "../../analytics/sequential-srm.ts";
import { countsOf } from "../../analytics/tally.ts";
import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { Health } from "../../contract/results.ts";
import type { SumsCell } from "../../contract/sums.ts";
import { seededRandom } from "../random.ts";
import { aCell, aMetric, aPlan, aVariant, cellsOf, CONTROL, DAY_MS, FIRST_DAY, TREATMENT } from "./an-analysis.ts";
import { sharded } from "./sharded.ts";

const healthAfter = (
  days: number,
  cells: readonly SumsCell[],
  plan: AnalysisPlan = aPlan(),
  previous: number | null = null,
): Health => healthOf(plan, countsOf(cells), previous, (FIRST_DAY + days) * DAY_MS);

const onDay = (day: number, control: number, treatment: number): SumsCell[] => [
  ...cellsOf("v0", control, {}, FIRST_DAY + day),
  ...cellsOf("v1", treatment, {}, FIRST_DAY + day),
];

const inCountry = (value: string | null, control: number, treatment: number): SumsCell[] =>
  [...cellsOf("v0", control), ...cellsOf("v1", treatment)].map((cell) => ({
    ...cell,
    kind: "dimension",
    name: "country",
    slice: value,
  }));

describe("the health of a split", () => {
  it("is tested over all phases, and in each", () => {
    const phases = [1, 2].map((number) => ({ number, started_at: (FIRST_DAY + number) * DAY_MS }));
    const cells = [...onDay(0, 510, 490), ...onDay(1, 600, 400).map((cell) => ({ ...cell, phase: 2 }))];
    const { srm } = healthAfter(3, cells, aPlan({ phases }));
    // scipy.stats.chisquare([510, 490]), ([600, 400]) and ([1110, 890])
    expect(srm.phases).toEqual([
      { phase: 1, chi_squared: 0.4, degrees_of_freedom: 1, p_value: expect.closeTo(0.5270892568655381, 12) },
      { phase: 2, chi_squared: 40, degrees_of_freedom: 1, p_value: expect.closeTo(2.5396285894708634e-10, 18) },
    ]);
    expect(srm.chi_squared).toBeCloseTo(24.2, 12);
    expect(srm.ok).toBe(false);
  });

  it("names no phase where there is one", () => {
    expect(healthAfter(3, onDay(0, 500, 500)).srm.phases).toEqual([]);
  });

  it("remembers the worst day, though later ones even it out", () => {
    const { srm } = healthAfter(3, [...onDay(0, 700, 300), ...onDay(1, 300, 700)]);
    const first = sequentialSampleRatio([
      [
        { units: 700, weight: 1 },
        { units: 300, weight: 1 },
      ],
    ]);
    expect(srm.p_value).toBeCloseTo(1, 12);
    expect(srm.sequential_p_value).toBeCloseTo(first.pValue, 20);
    expect(srm.ok).toBe(false);
  });

  it("remembers earlier analyses", () => {
    const { srm } = healthAfter(3, onDay(0, 500, 500), aPlan(), 0.0005);
    expect(srm).toMatchObject({ sequential_p_value: 0.0005, ok: false });
    expect(healthAfter(3, onDay(0, 500, 500), aPlan(), 0).srm.sequential_p_value).toBe(0);
  });

  it("looks at days in their order, wherever their cells are", () => {
    const cells = [...onDay(2, 480, 520), ...onDay(0, 560, 440), ...onDay(1, 460, 540)];
    expect(healthAfter(3, cells).srm).toEqual(healthAfter(3, cells.toReversed()).srm);
  });

  it("is called bad in at most 1 of 1000 fair experiments, looked at on each of 20 days", () => {
    const random = seededRandom(7);
    let bad = 0;
    const experiments = 1000;
    for (let i = 0; i < experiments; i++) {
      const cells = Array.from({ length: 20 }, (_, day) => {
        let treatment = 0;
        for (let unit = 0; unit < 200; unit++) if (random() < 0.5) treatment += 1;
        return onDay(day, 200 - treatment, treatment);
      });
      if (!healthAfter(20, cells.flat()).srm.ok) bad += 1;
    }
    expect(bad).toBeLessThanOrEqual(4);
  });

  it("is bad with one unit in a variant without weight", () => {
    const plan = aPlan({ variants: [CONTROL, TREATMENT, aVariant({ id: "v2", key: "off", weight_bp: 0 })] });
    expect(healthAfter(1, onDay(0, 50, 50), plan).srm.ok).toBe(true);
    expect(healthAfter(1, [...onDay(0, 50, 50), ...cellsOf("v2", 1)], plan).srm.ok).toBe(false);
  });

  it("has values of dimensions as culprits, the worst first, those beyond the kept ones included", () => {
    const cells = [
      ...inCountry("fr", 500, 500),
      ...inCountry("de", 600, 400),
      ...inCountry(null, 700, 300),
      ...inCountry("at", 90, 5),
    ];
    // Holm: 3 and 2 times scipy.stats.chisquare([700, 300]) and ([600, 400]); at has too few units.
    expect(healthAfter(1, cells).srm.culprits).toEqual([
      { dimension: "country", value: null, units: 1000, p_value: expect.closeTo(3 * 1.1314837902433038e-36, 45) },
      { dimension: "country", value: "de", units: 1000, p_value: expect.closeTo(2 * 2.5396285894708634e-10, 17) },
    ]);
  });

  it("names ten culprits at the most, and takes as many values into account as there are", () => {
    const many = Array.from({ length: 12 }, (_, i) => inCountry(`c${i}`, 600 + i, 400 - i)).flat();
    expect(healthAfter(1, many).srm.culprits.map(({ value }) => value)).toEqual(
      Array.from({ length: 10 }, (_, i) => `c${11 - i}`),
    );
    // scipy.stats.chisquare([545, 455]): p = 0.0044, a culprit alone and not among three.
    expect(healthAfter(1, inCountry("fr", 545, 455)).srm.culprits).toHaveLength(1);
    const among = ["de", "it"].flatMap((value) => inCountry(value, 500, 500));
    expect(healthAfter(1, [...among, ...inCountry("fr", 545, 455)]).srm.culprits).toEqual([]);
  });
});

const crossed = (n: number) => healthAfter(1, [...onDay(0, 500, 490), aCell({ variant_id: "", n })]).crossovers;

describe("the health of the data", () => {
  it("has too many units in two variants beyond one in a hundred", () => {
    expect(crossed(10)).toEqual({ units: 10, share: 0.01, ok: true });
    expect(crossed(11).ok).toBe(false);
  });

  it("is from the first to the last day of a first exposure, and stale two whole days later", () => {
    const cells = [...onDay(2, 5, 5), ...onDay(0, 5, 5), aCell({ variant_id: "", n: 1, slice: String(FIRST_DAY + 9) })];
    expect(healthAfter(4.9, cells).data).toEqual({ first_day: "2026-03-02", last_day: "2026-03-04", stale: false });
    expect(healthAfter(5, cells).data.stale).toBe(true);
    expect(healthAfter(5, cells, aPlan({ status: "completed" })).data.stale).toBe(false);
    expect(healthAfter(5, []).data).toEqual({ first_day: null, last_day: null, stale: false });
  });
});

const MILLION = 1_000_000n;

/** `n` of a variant's units had done it before, or had earned 1 in `e` purchases. */
const past = (variant_id: string, metric_id: string, n: number, e = 0): SumsCell => {
  const [x, ee] = [BigInt(n) * MILLION, BigInt(n * e * e) * MILLION * MILLION];
  const sums = { x: String(x), xx: String(x * MILLION) };
  return aCell({
    variant_id,
    metric_id,
    sums: e === 0 ? sums : { ...sums, e: String(x * BigInt(e)), ee: String(ee), xe: String(x * MILLION * BigInt(e)) },
  });
};

describe("what units did before they were exposed", () => {
  it("is compared by Welch's test, and corrected over metrics and variants", () => {
    // scipy.stats.ttest_ind([1] * 100 + [0] * 900, [1] * 150 + [0] * 850, equal_var=False): p = 0.0007164936223544766
    const plan = aPlan({ metrics: [aMetric(), aMetric({ id: "m1", key: "other", type: "sum", role: "secondary" })] });
    const cells = [
      ...onDay(0, 1000, 1000),
      past("v0", "m0", 100),
      past("v1", "m0", 150),
      past("v0", "m1", 100),
      past("v1", "m1", 100),
    ];
    expect(healthAfter(1, cells, plan).pre_period).toEqual([
      {
        metric_key: "purchase",
        variant_key: "treatment",
        p_value: expect.closeTo(2 * 0.0007164936223544766, 12),
        ok: false,
      },
      { metric_key: "other", variant_key: "treatment", p_value: 1, ok: true },
    ]);
  });

  it("is compared as a ratio where the metric is one", () => {
    const plan = aPlan({ metrics: [aMetric({ type: "ratio" })] });
    const bought = (n: number, e: number) => [past("v0", "m0", 100, 2), past("v1", "m0", n, e)];
    const even = healthAfter(1, [...onDay(0, 1000, 1000), ...bought(200, 2)], plan);
    // Twice as many, and still 1 in 2; every unit alike, so that the ratio does not vary.
    expect(even.pre_period).toEqual([]);
    const mixed = [...bought(200, 2), past("v0", "m0", 100, 3), past("v1", "m0", 10, 3)];
    const { pre_period } = healthAfter(1, [...onDay(0, 1000, 1000), ...mixed], plan);
    expect(pre_period).toMatchObject([{ metric_key: "purchase", ok: false }]);
  });

  it("is not compared where a variant's ratio had nothing to be divided by", () => {
    const plan = aPlan({ metrics: [aMetric({ type: "ratio" })] });
    const known = [past("v0", "m0", 100, 2), past("v0", "m0", 100, 3)];
    expect(healthAfter(1, [...onDay(0, 1000, 1000), ...known], plan).pre_period).toEqual([]);
  });

  it("is not compared where nothing is known of it", () => {
    expect(healthAfter(1, [...onDay(0, 1000, 1000), ...cellsOf("v0", 0, { m0: 50 })]).pre_period).toEqual([]);
  });
});

const ramp = (rates: readonly number[]) =>
  healthAfter(
    5,
    rates.flatMap((rate, day) => [
      ...cellsOf("v0", 4000, { m0: Math.round(4000 * rate) }, FIRST_DAY + day),
      ...cellsOf("v1", 1000 * (day + 1), { m0: 100 * (day + 1) }, FIRST_DAY + day),
    ]),
  ).interference;

describe("interference", () => {
  it("shows where the control moves with the share of treated units", () => {
    // Of 4000 + 1000, 2000, …, the treated share goes from 0.2 to 0.5.
    const interference = ramp([0.2, 0.18, 0.16, 0.14]);
    expect(interference?.ok).toBe(false);
    expect(interference?.slope).toBeCloseTo(-0.2, 1);
    expect(ramp([0.2, 0.2, 0.2, 0.2])).toMatchObject({ slope: expect.closeTo(0, 12), p_value: expect.closeTo(1, 9) });
  });

  it("cannot be told on fewer than three days, or where the split stays", () => {
    expect(ramp([0.2, 0.18])).toBeNull();
    const steady = [0, 1, 2, 3].flatMap((day) => [
      ...cellsOf("v0", 4000, { m0: 800 - 80 * day }, FIRST_DAY + day),
      ...cellsOf("v1", 4000 + 10 * day, { m0: 800 }, FIRST_DAY + day),
    ]);
    expect(healthAfter(5, steady).interference).toBeNull();
  });
});

it("the health is the same in whatever order and from however many shards cells come", () => {
  const cells = [
    ...onDay(0, 500, 450),
    ...onDay(1, 480, 530),
    ...inCountry("fr", 700, 500),
    ...inCountry(null, 280, 480),
    past("v0", "m0", 100),
    past("v1", "m0", 150),
    aCell({ variant_id: "", n: 12 }),
  ];
  const once = healthAfter(2, cells);
  const random = seededRandom(3);
  for (let i = 0; i < 20; i++) expect(healthAfter(2, sharded(cells, random))).toEqual(once);
});
