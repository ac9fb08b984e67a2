import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Interaction } from "../contract/results.ts";
import { controlOf, treatmentsOf } from "./control.ts";
import { hasEnough } from "./enough-data.ts";
import { compareExperiments, type InteractionContrast } from "./experiment-interaction.ts";
import { isSummed, measureTally } from "./measure.ts";
import { primaryOf } from "./primary.ts";
import { bonferroni } from "./multiple-testing.ts";
import { LEAST_OVERLAP, overlapOf } from "./overlap.ts";
import { type Counts, exposedIn, EXPOSURES, tallyOf } from "./tally.ts";
import { unitSampleOf } from "./unit-sample.ts";
import type { Sample } from "./welch.ts";
import { sumOf } from "./sum.ts";

type Watched = AnalysisPlan["watched"][number];

/** An interaction with its contrasts before they are made up for one another. */
interface Meeting {
  readonly shown: Omit<Interaction, "contrasts">;
  readonly contrasts: readonly (InteractionContrast & { readonly key: string; readonly other_key: string })[];
}

/** The control first, as a table of two experiments has it. */
const inOrder = <Variant extends { readonly is_control: boolean }>(plan: {
  readonly variants: readonly Variant[];
}): Variant[] => {
  const control = controlOf(plan);
  return control ? [control, ...treatmentsOf(plan)] : [];
};

/** As a sample for which no test can be had. */
const untested = (n: number): Sample => ({ n, mean: Number.NaN, variance: Number.NaN });

const meetingOf = (plan: AnalysisPlan, counts: Counts, watched: Watched): Meeting => {
  const primary = primaryOf(plan);
  const own = inOrder(plan);
  const others = inOrder(watched);
  const bySlice = Map.groupBy(
    counts.cells("joint").filter(({ name }) => name === watched.id),
    ({ slice }) => slice,
  );
  const tallies = others.map(({ id }) => tallyOf(bySlice.get(id) ?? []));
  const table = own.map((variant) =>
    tallies.map((tally): Sample => {
      const n = tally.of(variant.id, EXPOSURES).n;
      if (!primary || !isSummed(plan, primary)) return untested(n);
      const measured = measureTally(plan.design, primary, variant, tally);
      return hasEnough(primary, measured) ? unitSampleOf(measured) : untested(n);
    }),
  );
  const units = sumOf(table.flat(), ({ n }) => n);
  const ofOther = exposedIn(counts.tally, others);
  // Cells of another experiment are only there where they were read with this one's.
  const jaccard =
    ofOther > 0 && ofOther >= units
      ? overlapOf(units, exposedIn(counts.tally, own) - units, ofOther - units).jaccard
      : undefined;
  const { assignment, contrasts } = compareExperiments(table, plan.significance_level);
  return {
    shown: {
      experiment_key: watched.key,
      jaccard: jaccard ?? null,
      units,
      assignment_p_value: assignment.kind === "estimated" ? assignment.pValue : null,
    },
    contrasts:
      jaccard !== undefined && jaccard < LEAST_OVERLAP
        ? []
        : contrasts.map((contrast) => ({
            ...contrast,
            key: own[contrast.first]?.key ?? "",
            other_key: others[contrast.second]?.key ?? "",
          })),
  };
};

/**
 * Where the experiment meets those that are watched with it: how many units they share, whether they assign independently, and whether the
 * primary metric's effect depends on the other's variant. Units seen in two variants of either are left out. The tests of effects are
 * read once, and only where every one of their four groups has enough units; experiments that share less than {@link LEAST_OVERLAP} have none.
 *
 * How many units they share is known where `counts` has the other's exposed units by day, too.
 */
export const interactionsOf = (plan: AnalysisPlan, counts: Counts): Interaction[] => {
  const meetings = plan.watched.map((watched) => meetingOf(plan, counts, watched));
  const adjusted = bonferroni(
    meetings.flatMap(({ contrasts }) => contrasts.map(({ test }) => (test.kind === "estimated" ? test : null))),
  ).values();
  return meetings.map(({ shown, contrasts }) => ({
    ...shown,
    contrasts: contrasts.map(({ key, other_key, test }) => {
      const adjusted_p_value = adjusted.next().value?.pValue ?? null;
      const known = test.kind === "estimated" ? test : undefined;
      return {
        key,
        other_key,
        contrast: known?.difference ?? null,
        ci_low: known?.interval[0] ?? null,
        ci_high: known?.interval[1] ?? null,
        p_value: known?.pValue ?? null,
        adjusted_p_value,
      };
    }),
  }));
};
