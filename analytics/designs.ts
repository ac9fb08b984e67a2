import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricType } from "../contract/metric.ts";
import type { DesignResults } from "../contract/results.ts";
import { exposuresIn } from "./by-slice.ts";
import { evenBinomialLn } from "./distributions/binomial.ts";
import { type FactorialCell, type FactorLevel, levelContrasts, twoLevelEffects } from "./factorial.ts";
import { compareCredit } from "./interleaving.ts";
import { pairedMomentsOf } from "./joint-moments.ts";
import { measure } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { holm } from "./multiple-testing.ts";
import { FEWEST_BLOCKS } from "./switchback.ts";
import { addUp, type Counts, EXPOSURES, exposedIn } from "./tally.ts";
import { unitSampleOf } from "./unit-sample.ts";
import { sumOf } from "./sum.ts";

/**
 * Of the cells of a full factorial; with some missing, effects would be mixed up with one another. All effects of factors with two levels,
 * otherwise each level and pair of levels against the first.
 */
const factorialOf = (plan: AnalysisPlan, counts: Counts): DesignResults["factorial"] => {
  const { factors, variants, significance_level: alpha } = plan;
  const primary = primaryOf(plan);
  if (!factors || !primary) return null;
  const cells = variants.flatMap((variant): FactorialCell[] => {
    const measured = measure(plan, primary, variant, counts);
    return variant.levels && measured.mean !== null ? [{ levels: variant.levels, ...unitSampleOf(measured) }] : [];
  });
  const combinations = factors.reduce((product, { levels }) => product * levels.length, 1);
  if (new Set(cells.map(({ levels }) => levels.join())).size !== combinations) return [];
  const areTwoLevel = factors.every(({ levels }) => levels.length === 2);
  const nameOf = ({ factor, level }: FactorLevel): string => {
    const { key, levels } = factors[factor]!;
    return areTwoLevel ? key : `${key}: ${levels[level]!.key}`;
  };
  const effects = areTwoLevel ? twoLevelEffects(cells, alpha) : levelContrasts(cells, alpha);
  const tested = effects.flatMap(({ of, test }) =>
    test.kind === "estimated" ? [{ name: of.map(nameOf).join(" × "), test }] : [],
  );
  const adjusted = holm(tested.map(({ test }) => test));
  return tested.map(({ name, test }, index) => ({
    name,
    effect: test.difference,
    ci_low: test.interval[0],
    ci_high: test.interval[1],
    p_value: test.pValue,
    adjusted_p_value: adjusted[index]!.pValue,
  }));
};

/** What clusters cost cannot be told: of the units inside only their number and their total are counted, not how they differ. */
const clustersOf = ({ design, variants }: AnalysisPlan, counts: Counts): DesignResults["cluster"] => {
  if (design !== "cluster") return null;
  const clusters = variants.map(({ id }) => counts.tally.of(id, EXPOSURES).n);
  return {
    clusters: exposedIn(counts.tally, variants),
    design_effect: null,
    fewest_in_a_variant: Math.min(...clusters),
  };
};

/** A block is one side's part of a window that had any units. */
const blocksOf = (plan: AnalysisPlan, counts: Counts): DesignResults["switchback"] => {
  if (plan.design !== "switchback") return null;
  const blocks = exposuresIn(plan, counts, "block").map(({ variant_id, slice }) => `${variant_id} ${slice}`);
  return { blocks: new Set(blocks).size, needed: FEWEST_BLOCKS };
};

const CREDITED: ReadonlySet<MetricType> = new Set(["conversion", "count", "sum"]);

/** Wins are units of which a variant earned more credit, tested by their signs as in `interleaving.ts`; the preference and its interval are over units with credit. */
const creditsOf = (plan: AnalysisPlan, counts: Counts): DesignResults["interleaving"] => {
  if (plan.design !== "interleaving") return null;
  const [first, second] = plan.variants;
  return plan.metrics
    .filter(({ type }) => CREDITED.has(type))
    .map(({ id, key }) => {
      const cells = counts.cells("credit").filter(({ metric_id }) => metric_id === id);
      const unitsOf = (slice: string | undefined): number =>
        sumOf(cells, (cell) => (cell.slice === slice ? cell.n : 0));
      const [winsFirst, winsSecond] = [unitsOf(first?.id), unitsOf(second?.id)];
      const { n, y, yy } = pairedMomentsOf(addUp(cells));
      const decided = winsFirst + winsSecond;
      const credit = compareCredit({ n, mean: y, variance: yy }, plan.significance_level);
      const [low, high] = credit.kind === "estimated" ? credit.interval : [null, null];
      return {
        metric_key: key,
        wins_first: winsFirst,
        wins_second: winsSecond,
        ties: unitsOf("tie"),
        preference: n === 0 ? null : -y / 2,
        ci_low: low,
        ci_high: high,
        p_value: decided === 0 ? null : Math.exp(evenBinomialLn(winsSecond, decided)),
      };
    });
};

/** What only some designs have; tests are read once, whatever the plan's method. */
export const designsOf = (plan: AnalysisPlan, counts: Counts): DesignResults => ({
  factorial: factorialOf(plan, counts),
  cluster: clustersOf(plan, counts),
  switchback: blocksOf(plan, counts),
  interleaving: creditsOf(plan, counts),
});
