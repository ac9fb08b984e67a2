import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { Interaction } from "../contract/results.ts";
import { summedPrimaryOf } from "./by-slice.ts";
import { controlOf, type PlanVariant, treatmentsOf } from "./control.ts";
import type { DifferenceTest } from "./difference.ts";
import { hasEnough } from "./enough-data.ts";
import { interactionContrasts } from "./experiment-interaction.ts";
import { testIndependence } from "./independence.ts";
import { measureTally } from "./measure.ts";
import { bonferroni } from "./multiple-testing.ts";
import { jaccardOf, LEAST_OVERLAP } from "./overlap.ts";
import { type Counts, exposedIn, EXPOSURES, type Tally, tallyOf, talliesBy } from "./tally.ts";
import { unitSampleOf } from "./unit-sample.ts";
import type { Sample } from "./welch.ts";
import { sumOf } from "./sum.ts";

type Watched = AnalysisPlan["watched"][number];

/** An interaction with its contrasts before they are made up for one another. */
type Meeting = Omit<Interaction, "contrasts"> & {
  readonly contrasts: readonly {
    readonly key: string;
    readonly other_key: string;
    readonly test: DifferenceTest | null;
  }[];
};

/** The control first, as a table of two experiments has it. */
const inOrder = <Variant extends { readonly is_control: boolean }>(plan: {
  readonly variants: readonly Variant[];
}): Variant[] => {
  const control = controlOf(plan);
  return control ? [control, ...treatmentsOf(plan)] : [];
};

/** The primary metric's; one for which no test can be had where too few units are in it. */
const sampleOf = (plan: AnalysisPlan, variant: PlanVariant, tally: Tally): Sample => {
  const primary = summedPrimaryOf(plan);
  const measured = primary && measureTally(plan.design, primary, variant, tally);
  return measured && hasEnough(primary, measured)
    ? unitSampleOf(measured)
    : { n: tally.of(variant.id, EXPOSURES).n, mean: Number.NaN, variance: Number.NaN };
};

const meetingOf = (plan: AnalysisPlan, counts: Counts, watched: Watched): Meeting => {
  const own = inOrder(plan);
  const others = inOrder(watched);
  const tallies = talliesBy(
    counts.cells("joint").filter(({ name }) => name === watched.id),
    ({ slice }) => slice,
  );
  const table = own.map((variant) => others.map(({ id }) => sampleOf(plan, variant, tallies.get(id) ?? tallyOf([]))));
  const units = sumOf(table.flat(), ({ n }) => n);
  const ofOther = exposedIn(counts.tally, others);
  // Cells of another experiment are only there where they were read with this one's.
  const jaccard =
    ofOther > 0 && ofOther >= units
      ? (jaccardOf(units, exposedIn(counts.tally, own) - units, ofOther - units) ?? null)
      : null;
  const assignment = testIndependence(table.map((row) => row.map(({ n }) => n)));
  return {
    experiment_key: watched.key,
    jaccard,
    units,
    assignment_p_value: assignment.kind === "estimated" ? assignment.pValue : null,
    contrasts:
      jaccard !== null && jaccard < LEAST_OVERLAP
        ? []
        : interactionContrasts(table, plan.significance_level).map(({ first, second, test }) => ({
            key: own[first]!.key,
            other_key: others[second]!.key,
            test: test.kind === "estimated" ? test : null,
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
  const adjusted = bonferroni(meetings.flatMap(({ contrasts }) => contrasts.map(({ test }) => test))).values();
  return meetings.map((meeting) => ({
    ...meeting,
    contrasts: meeting.contrasts.map(({ key, other_key, test }) => ({
      key,
      other_key,
      contrast: test?.difference ?? null,
      ci_low: test?.interval[0] ?? null,
      ci_high: test?.interval[1] ?? null,
      p_value: test?.pValue ?? null,
      adjusted_p_value: adjusted.next().value?.pValue ?? null,
    })),
  }));
};
