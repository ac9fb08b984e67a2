import type { AnalysisPlan } from "../../contract/analysis-plan.ts";
import type { AnalysisMethod } from "../../contract/analysis-settings.ts";
import type { Sequence } from "../../contract/sequence.ts";
import type { SumsCell } from "../../contract/sums.ts";
import {
  aCell,
  aMetric,
  aPlan,
  aVariant,
  CONTROL,
  FIRST_DAY,
  resultsAfter,
  TREATMENT,
} from "../analytics/an-analysis.ts";
import { aliasSampler, binomialSampler, poissonSampler, type Random } from "./samplers.ts";
import { atLeast, atMost, exactly, type Expected, shown, type Study, studyOf } from "./study.ts";

const ALPHA = 0.05;
const DAYS = 14;
/** New units of all variants together, each day. */
const UNITS_A_DAY = 400;

type Unit = Readonly<Partial<Record<"y" | "d" | "x", number>>>;

/** Draws what a unit does, whose variant raises the metric by `lift`. */
type DrawUnit = (lift: number) => Unit;

/** The primary metrics that experiments are simulated for; every value is a whole number. */
const METRICS = {
  conversion: (random: Random): DrawUnit => {
    return (lift) => ({ y: random() < 0.1 * (1 + lift) ? 1 : 0 });
  },
  /** Pages, which differ among users and stay with them: what they were before explains a third of the variance. */
  sum: (random: Random): DrawUnit => {
    const level = aliasSampler([2, 2, 1, 1], random);
    const pages = [1, 2, 4, 8].map((mean) => poissonSampler(mean, random));
    const more = new Map<number, readonly (() => number)[]>();
    return (lift) => {
      const own = level();
      let raised = more.get(lift);
      if (!raised) more.set(lift, (raised = [1, 2, 4, 8].map((mean) => poissonSampler(mean * (1 + lift), random))));
      return { y: raised[own]!(), x: pages[own]!() };
    };
  },
  /** Clicks per page: 1 to 5 pages, with a chance that is the user's own. */
  ratio: (random: Random): DrawUnit => {
    return (lift) => {
      const [pages, chance] = [1 + Math.floor(5 * random()), 0.3 * random()];
      let clicks = 0;
      for (let page = 0; page < pages; page++) if (random() < chance * (1 + lift)) clicks++;
      return { y: clicks, d: pages };
    };
  },
} as const;
type Metric = keyof typeof METRICS;

/** The cells of one day's new units of one variant: of exposures and of a metric. */
const dayCells = (variant_id: string, day: number, n: number, metric_id: string, unit: () => Unit): SumsCell[] => {
  const totals = { y: 0, d: 0, x: 0, yy: 0, dd: 0, xx: 0, yd: 0, yx: 0, dx: 0 };
  let events = 0;
  for (let i = 0; i < n; i++) {
    const { y = 0, d = 0, x = 0 } = unit();
    if (y > 0 || d > 0) events++;
    totals.y += y;
    totals.d += d;
    totals.x += x;
    totals.yy += y * y;
    totals.dd += d * d;
    totals.xx += x * x;
    totals.yd += y * d;
    totals.yx += y * x;
    totals.dx += d * x;
  }
  // In millionths, and products in millionths squared.
  const sums = Object.fromEntries(
    Object.entries(totals)
      .filter(([, total]) => total !== 0)
      .map(([name, total]) => [name, `${total}${"0".repeat(6 * name.length)}`]),
  );
  const slice = String(FIRST_DAY + day);
  return [aCell({ variant_id, slice, n }), aCell({ variant_id, metric_id, slice, n: events, sums })];
};

/** What an experiment came to be called on its days. */
interface Story {
  readonly shipped: boolean;
  readonly stopped: boolean;
  /** Either of the two, before the planned end. */
  readonly early: boolean;
  readonly brokenSplit: boolean;
}

interface Scenario {
  readonly plan: AnalysisPlan;
  /** By the metric's id, and in the order of the variants. */
  readonly metrics: Readonly<Record<string, { readonly metric: Metric; readonly lifts: readonly number[] }>>;
}

/** Runs an experiment that is looked at every day, to its planned end or to the first decision. */
const storyteller = ({ plan, metrics }: Scenario, random: Random): (() => Story) => {
  const drawers = Object.entries(metrics).map(([id, { metric, lifts }]) => ({
    id,
    lifts,
    draw: METRICS[metric](random),
  }));
  const shares = plan.variants.length;
  const splits = plan.variants.slice(1).map((_, i) => {
    const samplers = new Map<number, () => number>();
    return (left: number): number => {
      let sampler = samplers.get(left);
      if (!sampler) samplers.set(left, (sampler = binomialSampler(left, 1 / (shares - i), random)));
      return sampler();
    };
  });
  return () => {
    const cells: SumsCell[] = [];
    let sequence: Sequence | null = null;
    let brokenSplit = false;
    for (let day = 0; day < DAYS; day++) {
      let left = UNITS_A_DAY;
      for (const [i, { id }] of plan.variants.entries()) {
        const n = splits[i]?.(left) ?? left;
        left -= n;
        for (const [k, { id: metric, lifts, draw }] of drawers.entries())
          // Exposures are counted once, whatever the metrics.
          cells.push(...dayCells(id, day, n, metric, () => draw(lifts[i] ?? 0)).slice(k === 0 ? 0 : 1));
      }
      const results = resultsAfter(day + 1, plan, cells, sequence);
      ({ sequence } = results);
      const { code } = results.verdict;
      brokenSplit ||= code === "invalid_split";
      const shipped = code === "ship" || code === "ship_tradeoff";
      if (shipped || code === "stop_harm") return { shipped, stopped: !shipped, early: day + 1 < DAYS, brokenSplit };
    }
    return { shipped: false, stopped: false, early: false, brokenSplit };
  };
};

const planOf = (method: AnalysisMethod, metric: Metric): AnalysisPlan =>
  aPlan({ method, tuning_units: DAYS * UNITS_A_DAY, metrics: [aMetric({ type: metric })] });

/** How often a decision may be wrong by each method. */
const WRONG: Record<AnalysisMethod, { readonly expected: Expected; readonly replications: number }> = {
  anytime: { expected: atMost(ALPHA), replications: 800 },
  group_sequential: { expected: exactly(ALPHA), replications: 400 },
  fixed_horizon: { expected: exactly(ALPHA), replications: 800 },
  // A rule for deciding, which promises no such rate.
  bayesian: { expected: shown(ALPHA), replications: 200 },
};

const nothing = (method: AnalysisMethod, metric: Metric): Study =>
  studyOf(
    `Experiment that changes nothing, ${metric}, ${method}, looked at daily`,
    WRONG[method].replications,
    {
      "ever shipped or stopped for harm": WRONG[method].expected,
      "that before the planned end": method === "fixed_horizon" ? exactly(0) : shown(0),
      "split ever called broken": atMost(0.001),
    },
    (random) => {
      const tell = storyteller({ plan: planOf(method, metric), metrics: { m0: { metric, lifts: [] } } }, random);
      return () => {
        const { shipped, stopped, early, brokenSplit } = tell();
        return {
          "ever shipped or stopped for harm": shipped || stopped,
          "that before the planned end": early,
          "split ever called broken": brokenSplit,
        };
      };
    },
  );

/** Lifts that some 5,600 units find in about 4 of 5 experiments that are read once. */
const LIFTS: Record<Metric, number> = { conversion: 0.24, sum: 0.06, ratio: 0.12 };

const LEAST_FOUND: Record<AnalysisMethod, number> = {
  anytime: 0.35,
  group_sequential: 0.7,
  fixed_horizon: 0.7,
  bayesian: 0.6,
};

const something = (method: AnalysisMethod, metric: Metric): Study =>
  studyOf(
    `Experiment that raises ${metric} by ${Math.round(100 * LIFTS[metric])} %, ${method}, looked at daily`,
    100,
    {
      shipped: atLeast(LEAST_FOUND[method]),
      "stopped for harm": atMost(0.01),
      "split ever called broken": atMost(0.001),
    },
    (random) => {
      const tell = storyteller(
        { plan: planOf(method, metric), metrics: { m0: { metric, lifts: [0, LIFTS[metric]] } } },
        random,
      );
      return () => {
        const { shipped, stopped, brokenSplit } = tell();
        return { shipped, "stopped for harm": stopped, "split ever called broken": brokenSplit };
      };
    },
  );

const TREATMENTS = [1, 2, 3, 4].map((i) => aVariant({ id: `v${i}`, key: `t${i}`, name: `T${i}`, weight_bp: 2_000 }));

const manyTreatments = (method: AnalysisMethod): Study =>
  studyOf(
    `Experiment with four treatments that change nothing, conversion, ${method}, Holm, looked at daily`,
    300,
    { "any shipped or stopped for harm": atMost(ALPHA) },
    (random) => {
      const plan = { ...planOf(method, "conversion"), variants: [{ ...CONTROL, weight_bp: 2_000 }, ...TREATMENTS] };
      const tell = storyteller({ plan, metrics: { m0: { metric: "conversion", lifts: [] } } }, random);
      return () => {
        const { shipped, stopped } = tell();
        return { "any shipped or stopped for harm": shipped || stopped };
      };
    },
  );

const guardrail = (method: AnalysisMethod): Study =>
  studyOf(
    `Experiment that lowers a guardrail of pages by 12 %, which may lose 2 %, ${method}, looked at daily`,
    100,
    { "stopped for harm": atLeast(0.8), shipped: atMost(ALPHA) },
    (random) => {
      const pages = aMetric({ id: "m1", key: "pages", name: "Pages", role: "guardrail", type: "sum", limit: 0.02 });
      const plan = {
        ...planOf(method, "conversion"),
        variants: [CONTROL, TREATMENT],
        metrics: [aMetric(), pages],
      };
      const tell = storyteller(
        {
          plan,
          metrics: { m0: { metric: "conversion", lifts: [] }, m1: { metric: "sum", lifts: [0, -0.12] } },
        },
        random,
      );
      return () => {
        const { shipped, stopped } = tell();
        return { "stopped for harm": stopped, shipped };
      };
    },
  );

const METHODS = ["anytime", "group_sequential", "fixed_horizon", "bayesian"] as const;
const MEASURED = ["conversion", "sum", "ratio"] as const;

/** Whole experiments, from their units to the verdict. */
export const experiments: readonly Study[] = [
  ...METHODS.flatMap((method) => MEASURED.map((metric) => nothing(method, metric))),
  ...METHODS.flatMap((method) => MEASURED.map((metric) => something(method, metric))),
  manyTreatments("anytime"),
  manyTreatments("fixed_horizon"),
  guardrail("anytime"),
  guardrail("fixed_horizon"),
];
