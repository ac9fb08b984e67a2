import { describe, expect, it } from "vitest";
import { Results } from "../../contract/results.ts";
import { bucketOf } from "../../counting/histogram.ts";
import { seededRandom, shuffled } from "../random.ts";
import {
  aCell,
  aMetric,
  aPlan,
  aVariant,
  cellsOf,
  cellsOfUnits,
  CONTROL,
  FIRST_DAY,
  resultsAfter,
  TREATMENT,
} from "./an-analysis.ts";

const REVENUE = aMetric({ id: "m1", key: "revenue", name: "Revenue", type: "sum", role: "secondary" });
const LOAD_TIME = aMetric({ id: "m2", key: "load", name: "Load time", type: "quantile", role: "guardrail" });

/** What comes from cells by day alone. */
const read = ({ variants, metrics, daily, progress }: Results) => ({ variants, metrics, daily, progress });

describe("analyse", () => {
  it("compares rates over exposed units with the z-test of the golden vector 100/1000 against 120/1000", () => {
    const cells = [...cellsOf("v0", 1000, { m0: 100 }), ...cellsOf("v1", 1000, { m0: 120 })];
    const [metric] = resultsAfter(3, aPlan(), cells).metrics;
    expect(metric?.variants).toEqual([
      { key: "control", n: 1000, sum: 100, denominator: null, mean: 0.1, standard_error: Math.sqrt(0.09 / 1000) },
      expect.objectContaining({ key: "treatment", n: 1000, sum: 120, denominator: null, mean: 0.12 }),
    ]);
    const [comparison] = metric?.comparisons ?? [];
    expect(comparison?.difference).toBeCloseTo(0.02, 12);
    expect(comparison?.lift).toBeCloseTo(0.2, 12);
    expect(comparison?.standard_error).toBeCloseTo(0.013985706989637671, 12);
    expect(comparison?.ci_low).toBeCloseTo(-0.007411481998019936, 12);
    expect(comparison?.ci_high).toBeCloseTo(0.047411481998019936, 12);
    expect(comparison?.p_value).toBeCloseTo(0.15270801019387775, 12);
    expect(comparison?.lift_ci_low).toBeCloseTo(-0.06594951167658088, 12);
    expect(comparison?.lift_ci_high).toBeCloseTo(0.5518964777831311, 12);
    expect(comparison).toMatchObject({ undefined_reason: null, lift_undefined_reason: null });
  });

  it("compares sums per exposed unit with Welch's test, units without an event counting as 0", () => {
    // scipy.stats.ttest_ind([40]*30 + [0]*70, [25]*20 + [0]*80, equal_var=False): p = 0.001068050166816294
    const cells = [
      ...cellsOf("v0", 100, { m1: { n: 20, value: 25 } }),
      ...cellsOf("v1", 100, { m1: { n: 30, value: 40 } }),
    ];
    const [metric] = resultsAfter(3, aPlan({ metrics: [REVENUE] }), cells).metrics;
    expect(metric?.variants).toMatchObject([
      { key: "control", n: 100, sum: 500, denominator: null, mean: 5 },
      { key: "treatment", n: 100, sum: 1200, denominator: null, mean: 12 },
    ]);
    const [comparison] = metric?.comparisons ?? [];
    expect(comparison?.difference).toBeCloseTo(7, 12);
    expect(comparison?.standard_error).toBeCloseTo(Math.sqrt(4.404040404040404), 12);
    expect(comparison?.p_value).toBeCloseTo(0.001068050166816294, 12);
    expect(comparison?.lift).toBeCloseTo(1.4, 12);
  });

  it("adds cells over shards, phases and days, in any order", () => {
    const plan = aPlan({ metrics: [aMetric(), REVENUE] });
    const cells = [0, 1, 2].flatMap((day) =>
      [1, 2].flatMap((phase) =>
        ["v0", "v1"].flatMap((id) =>
          cellsOf(id, 100 + day, { m0: 10 + phase, m1: { n: 9, value: day + 2.5 } }, FIRST_DAY + day).map((cell) => ({
            ...cell,
            phase,
          })),
        ),
      ),
    );
    const once = resultsAfter(3, plan, cells);
    expect(once.variants.map(({ exposures }) => exposures)).toEqual([606, 606]);
    expect(once.metrics[0]?.variants[0]).toMatchObject({ n: 606, sum: 69 });
    expect(once.metrics[1]?.variants[0]).toMatchObject({ n: 606, sum: 189 });
    for (const seed of [1, 2, 3]) expect(resultsAfter(3, plan, shuffled(cells, seededRandom(seed)))).toEqual(once);
  });

  it("compares every variant with the control, wherever the control stands", () => {
    const plan = aPlan({
      variants: [
        { ...TREATMENT, weight_bp: 2500 },
        CONTROL,
        aVariant({ id: "v2", key: "other", name: "C", weight_bp: 2500 }),
      ],
    });
    const cells = [
      ...cellsOf("v0", 400, { m0: 40 }),
      ...cellsOf("v1", 200, { m0: 30 }),
      ...cellsOf("v2", 200, { m0: 10 }),
    ];
    const { comparisons } = resultsAfter(3, plan, cells).metrics[0] ?? { comparisons: [] };
    expect(comparisons.map(({ key }) => key)).toEqual(["treatment", "other"]);
    expect(comparisons[0]?.difference).toBeCloseTo(0.05, 12);
    expect(comparisons[1]?.difference).toBeCloseTo(-0.05, 12);
  });

  it.each([
    ["no_data", "no_data", cellsOf("v0", 50, { m0: 5 })],
    ["zero_variance", "zero_baseline", [...cellsOf("v0", 50), ...cellsOf("v1", 50)]],
    ["zero_variance", "zero_variance", [...cellsOf("v0", 50, { m0: 50 }), ...cellsOf("v1", 50, { m0: 50 })]],
    [null, "zero_baseline", [...cellsOf("v0", 50), ...cellsOf("v1", 50, { m0: 3 })]],
    [null, "unbounded", [...cellsOf("v0", 500, { m0: 2 }), ...cellsOf("v1", 500, { m0: 5 })]],
  ] as const)("says why a number is missing: %s, and for the lift %s", (reason, liftReason, cells) => {
    const [comparison] = resultsAfter(3, aPlan(), cells).metrics[0]?.comparisons ?? [];
    expect(comparison).toMatchObject({
      undefined_reason: reason,
      lift_undefined_reason: liftReason,
      lift_ci_low: null,
    });
    expect(comparison?.p_value === null).toBe(reason !== null);
  });

  it("has too few observations for a mean over one unit", () => {
    const cells = [...cellsOf("v0", 1), ...cellsOf("v1", 5, { m1: { n: 2, value: 3 } })];
    const [comparison] = resultsAfter(3, aPlan({ metrics: [REVENUE] }), cells).metrics[0]?.comparisons ?? [];
    expect(comparison).toMatchObject({ undefined_reason: "too_few_observations", p_value: null });
    expect(comparison?.difference).toBeCloseTo(1.2, 12);
  });

  it("leaves units seen in two variants out of everything but their own count", () => {
    const cells = [
      ...cellsOf("v0", 500, { m0: 50 }),
      ...cellsOf("v1", 490, { m0: 50 }),
      ...cellsOf("", 10, { m0: 10 }),
    ];
    const results = resultsAfter(3, aPlan(), cells);
    expect(results.health.crossovers).toEqual({ units: 10, share: 0.01, ok: true });
    expect(results.variants.map(({ exposures }) => exposures)).toEqual([500, 490]);
    expect(results.metrics[0]?.variants.map(({ sum }) => sum)).toEqual([50, 50]);
  });

  it("tests the split against the planned weights", () => {
    const plan = aPlan({
      variants: [
        { ...CONTROL, weight_bp: 9000 },
        { ...TREATMENT, weight_bp: 1000 },
      ],
    });
    const { srm } = resultsAfter(3, plan, [...cellsOf("v0", 90_500), ...cellsOf("v1", 9500)]).health;
    expect(srm).toMatchObject({ degrees_of_freedom: 1, ok: false });
    expect(srm.chi_squared).toBeCloseTo(27.777777777777807, 9);
    expect(srm.p_value).toBeCloseTo(1.36080229113571e-7, 15);
  });

  it("calls the split good while there is nothing to test", () => {
    expect(resultsAfter(0, aPlan(), []).health.srm).toMatchObject({
      chi_squared: 0,
      degrees_of_freedom: 1,
      p_value: 1,
      sequential_p_value: null,
      ok: true,
    });
  });

  it("does not call a split bad on a handful of units in a small variant", () => {
    const plan = aPlan({
      variants: [
        { ...CONTROL, weight_bp: 9900 },
        { ...TREATMENT, weight_bp: 100 },
      ],
    });
    const { srm } = resultsAfter(0, plan, [...cellsOf("v0", 18), ...cellsOf("v1", 2)]).health;
    expect(srm.p_value).toBeLessThan(0.001);
    expect(srm.ok).toBe(true);
  });

  it("calls any unit in a variant of weight 0 a bad split", () => {
    const off = aVariant({ id: "v2", key: "off", name: "Off", weight_bp: 0 });
    const cells = [...cellsOf("v0", 100), ...cellsOf("v1", 100), ...cellsOf("v2", 1)];
    expect(resultsAfter(0, aPlan({ variants: [CONTROL, TREATMENT, off] }), cells).health.srm.ok).toBe(false);
  });

  it("reads every unit once, however many kinds of cells it is in", () => {
    const cells = [...cellsOf("v0", 1000, { m0: 100 }), ...cellsOf("v1", 1000, { m0: 120 })];
    const kinds = ["age", "dimension", "joint", "bucket", "block", "credit"] as const;
    const others = kinds.flatMap((kind) => cells.map((cell) => ({ ...cell, kind, slice: "0" })));
    expect(read(resultsAfter(14, aPlan(), [...others, ...cells]))).toEqual(read(resultsAfter(14, aPlan(), cells)));
  });

  it("accumulates by day of first exposure, days without one included", () => {
    const cells = [
      ...cellsOf("v0", 1000, { m0: 100 }, FIRST_DAY),
      ...cellsOf("v1", 990, { m0: 100 }, FIRST_DAY),
      ...cellsOf("v0", 500, { m0: 40 }, FIRST_DAY + 2),
      ...cellsOf("v1", 510, { m0: 70 }, FIRST_DAY + 2),
      aCell({ variant_id: "", n: 1, slice: String(FIRST_DAY + 9) }),
    ];
    const { daily, metrics } = resultsAfter(3, aPlan(), cells);
    expect(daily.map(({ day }) => day)).toEqual(["2026-03-02", "2026-03-03", "2026-03-04"]);
    expect(daily.map(({ variants }) => variants.map(({ exposures }) => exposures))).toEqual([
      [1000, 990],
      [1000, 990],
      [1500, 1500],
    ]);
    expect(daily[1]?.primary).toEqual(daily[0]?.primary);
    const [last] = metrics[0]?.comparisons ?? [];
    expect(daily[2]?.primary).toEqual([
      { key: "treatment", lift: last?.lift, lift_ci_low: last?.lift_ci_low, lift_ci_high: last?.lift_ci_high },
    ]);
  });

  it("gives exactly the shape that the contract promises", () => {
    const plan = aPlan({ metrics: [aMetric(), REVENUE, LOAD_TIME] });
    const cells = [...cellsOf("v0", 1000, { m0: 100 }), ...cellsOf("v1", 1000, { m0: 120 }), ...cellsOf("", 3)];
    for (const results of [resultsAfter(3, plan, cells), resultsAfter(20, plan, cells), resultsAfter(0, plan, [])])
      expect(Results.strict().parse(results)).toEqual(results);
  });

  it("takes a control from the first variant when none is marked", () => {
    const plan = aPlan({ variants: [{ ...CONTROL, is_control: false }, TREATMENT] });
    expect(resultsAfter(0, plan, []).metrics[0]?.comparisons.map(({ key }) => key)).toEqual(["treatment"]);
  });

  it("gives an anytime-valid estimate by the plan, and what the other methods say beside it", () => {
    const cells = [...cellsOf("v0", 5000, { m0: 500 }), ...cellsOf("v1", 5000, { m0: 600 })];
    const plan = aPlan({ method: "anytime", tuning_units: 5000 });
    const [comparison] = resultsAfter(3, plan, cells).metrics[0]?.comparisons ?? [];
    // rho = sqrt((-2*log(.05) + log(-2*log(.05) + 1)) / 5000); se = sqrt(.1*.9/5000 + .12*.88/5000)
    // half = se*sqrt(1e4)*sqrt(2*(1e4*rho^2+1)/(1e4*rho)^2 * log(sqrt(1e4*rho^2+1)/.05)) = 0.019147...
    const rho2 = (-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05) + 1)) / 5000;
    const se = Math.sqrt((0.1 * 0.9 + 0.12 * 0.88) / 5000);
    const half =
      se * 100 * Math.sqrt(((2 * (1e4 * rho2 + 1)) / (1e8 * rho2)) * Math.log(Math.sqrt(1e4 * rho2 + 1) / 0.05));
    expect(comparison?.ci_high).toBeCloseTo(0.02 + half, 12);
    expect(comparison?.ci_low).toBeCloseTo(0.02 - half, 12);
    const lnE = (rho2 * 1e4 * (0.02 / se) ** 2) / (2 * (1e4 * rho2 + 1)) - Math.log(1e4 * rho2 + 1) / 2;
    expect(comparison?.p_value).toBeCloseTo(Math.exp(-lnE), 12);
    expect(comparison?.log10_p_value).toBeCloseTo(-lnE / Math.LN10, 10);

    const fixed = resultsAfter(3, aPlan(), cells).metrics[0]?.comparisons[0];
    expect(comparison?.views.fixed_horizon.p_value).toBe(fixed?.p_value);
    expect(comparison?.views).toEqual(fixed?.views && { ...fixed.views, anytime: comparison?.views.anytime });
    const { lift_mean, lift_ci_low } = comparison?.views.bayesian ?? {};
    const believed = resultsAfter(3, aPlan({ method: "bayesian" }), cells).metrics[0]?.comparisons[0];
    expect(believed).toMatchObject({ lift: lift_mean, lift_ci_low, p_value: null, undefined_reason: null });
    expect(believed?.difference).toBeCloseTo(lift_mean! * 0.1, 12);
  });

  it("sharpens a comparison by the units' past where the plan asks for it, and says by how much", () => {
    const random = seededRandom(3);
    const units = (effect: number) =>
      Array.from({ length: 500 }, () => {
        const x = Math.floor(random() * 30);
        return { x, y: x + Math.floor(random() * 10) + effect };
      });
    const cells = [...cellsOfUnits("v0", "m1", units(0)), ...cellsOfUnits("v1", "m1", units(1))];
    const of = (cuped: boolean) =>
      resultsAfter(3, aPlan({ cuped, metrics: [REVENUE] }), cells).metrics[0]?.comparisons[0];
    const [plain, adjusted] = [of(false), of(true)];
    expect(plain?.cuped).toBeNull();
    expect(adjusted?.cuped?.theta).toBeCloseTo(1, 1);
    // 1 − ρ² of x and x + noise: the noise has a variance of 99/12 beside x's of 899/12.
    expect(adjusted?.cuped?.variance_reduction).toBeCloseTo(899 / 998, 1);
    expect(adjusted!.ci_high! - adjusted!.ci_low!).toBeLessThan(0.5 * (plain!.ci_high! - plain!.ci_low!));
    expect(adjusted?.cuped?.unadjusted.p_value).toBe(plain?.p_value);
    expect(adjusted?.cuped?.unadjusted.ci_low).toBe(plain?.ci_low);
  });

  it.each(["mean", "ratio", "quantile", "time_to_event", "retention", "count"] as const)(
    "analyses metrics of the type %s, whatever the method, with nothing in them and with something",
    (type) => {
      const metric = aMetric({ id: "m1", type, quantile: type === "quantile" ? 0.5 : null });
      const units = Array.from({ length: 300 }, (_, index) => ({
        y: index % 97,
        d: 1 + (index % 3),
        x: index % 5,
        e: 1,
      }));
      const cells = ["v0", "v1"].flatMap((id) => [
        ...cellsOfUnits(id, "m1", units),
        ...units.flatMap(({ y }) =>
          cellsOfUnits(id, "m1", [{ y }], { kind: "bucket", slice: String(bucketOf(y * 1e6)) }).slice(1),
        ),
      ]);
      for (const method of ["anytime", "group_sequential", "fixed_horizon", "bayesian"] as const)
        for (const some of [[], cells.slice(0, 1), cells]) {
          const results = resultsAfter(20, aPlan({ method, metrics: [metric] }), some);
          expect(Results.strict().parse(results)).toEqual(results);
          const [comparison] = results.metrics[0]?.comparisons ?? [];
          const isDefined = some === cells && type !== "retention";
          expect(comparison?.undefined_reason === null).toBe(isDefined);
        }
    },
  );

  it("says the same of cells as they are in one shard, in many, and by phase", () => {
    const random = seededRandom(9);
    const units = Array.from({ length: 600 }, () => ({
      y: Math.floor(random() * 100) / 4,
      d: 1 + Math.floor(random() * 3),
      x: Math.floor(random() * 9),
      e: 1 + Math.floor(random() * 3),
    }));
    const metrics = [REVENUE, aMetric({ id: "m3", key: "ratio", type: "ratio" })];
    const cells = (parts: number) =>
      Array.from({ length: parts }, (_, part) =>
        ["v0", "v1"].flatMap((id, v) =>
          ["m1", "m3"].flatMap((metric_id, index) => {
            const own = units.filter((_unit, i) => i % parts === part && i % 5 !== v);
            return cellsOfUnits(id, metric_id, own, { phase: 1 + (part % 2) }).slice(index);
          }),
        ),
      ).flat();
    for (const method of ["anytime", "bayesian"] as const) {
      const plan = aPlan({ method, metrics });
      const once = resultsAfter(3, plan, cells(1));
      expect(once.metrics.map(({ comparisons }) => comparisons[0]?.cuped === null)).toEqual([false, false]);
      for (const parts of [2, 7]) {
        const { metrics: parted, variants } = resultsAfter(3, plan, shuffled(cells(parts), random));
        expect([parted, variants]).toEqual([once.metrics, once.variants]);
      }
    }
  });
});

const few = (treatment: number, day: number) => [
  ...cellsOf("v0", 4950, { m0: 990 }, day),
  ...cellsOf("v1", 4950, { m0: treatment }, day),
  ...cellsOf("v2", 99, { m0: 1 }, day),
];

describe("a variant that gets few or no units", () => {
  const C = aVariant({ id: "v2", key: "c", name: "C", weight_bp: 0 });
  const cells = [...cellsOf("v0", 20_000, { m0: 2000 }), ...cellsOf("v1", 20_000, { m0: 2600 })];

  it.each(["anytime", "group_sequential", "fixed_horizon", "bayesian"] as const)(
    "does not keep the others from their verdict where none were planned, by %s",
    (method) => {
      const plan = aPlan({ method, variants: [CONTROL, TREATMENT, C] });
      const { verdict, sequence } = resultsAfter(14, plan, cells);
      expect(verdict).toMatchObject({ code: "ship", variant_key: "treatment" });
      const alone = resultsAfter(14, { ...plan, variants: [CONTROL, TREATMENT] }, cells);
      expect(sequence.looks[0]?.bound).toBe(alone.sequence.looks[0]?.bound);
      expect(resultsAfter(14, plan, [...cells, ...cellsOf("v2", 1)]).verdict.code).toBe("invalid_split");
    },
  );

  it("does not keep the harm of another from being told", () => {
    const variants = [
      { ...CONTROL, weight_bp: 4950 },
      { ...TREATMENT, weight_bp: 4950 },
      { ...C, weight_bp: 100 },
    ];
    const plan = aPlan({ method: "anytime", variants });
    const harm = resultsAfter(3, plan, few(500, FIRST_DAY + 2)).verdict;
    expect(harm).toMatchObject({ code: "stop_harm", variant_key: "treatment" });
    expect(harm.next_step).toContain("new phase");
    expect(resultsAfter(9, plan, few(1400, FIRST_DAY + 8)).verdict.code).toBe("collecting");
  });
});
