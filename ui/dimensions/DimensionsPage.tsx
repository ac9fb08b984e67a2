import { createMemo, createSignal, For, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { createElementWidth } from "../charts/element-width.ts";
import { useExperiment } from "../experiments/experiment-context.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { PageTitle } from "../parts/PageHeading.tsx";
import { ResultsTab } from "../results/ResultsTab.tsx";
import { scorecardMode } from "../results/verdict.ts";
import { useSearchParams } from "../router.ts";
import { heterogeneityWords, segmentTable, type SegmentTable } from "./segment-rows.ts";
import { SegmentCards } from "./SegmentCards.tsx";
import { SegmentsTable } from "./SegmentsTable.tsx";

/** Narrower than this, the bars of a table would be too short to be compared. */
const TABLE_NEEDS_PX = 880;

/** The results by the values of one attribute: to get ideas from, not to decide by. */
export default function DimensionsPage(): JSX.Element {
  const experiment = useExperiment();
  const [search, setSearch] = useSearchParams();
  const dimension = (): string | undefined =>
    experiment().dimensions.find((one) => one === search.dimension) ?? experiment().dimensions[0];
  return (
    <Show
      when={dimension()}
      fallback={
        <>
          <PageTitle title={`${experiment().name}: dimensions`} />
          <EmptyPanel
            title="No dimensions"
            text="Results can be split by attributes of the users, such as country or device. Which ones is fixed before the start: name them in the experiment’s form, under “Split by”."
          />
        </>
      }
    >
      {(chosen) => (
        <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
          <label class="flex max-w-[480px] items-center gap-2">
            <span class="shrink-0">Split by</span>
            <select
              class="control"
              value={chosen()}
              onChange={(event) => setSearch({ dimension: event.currentTarget.value })}
            >
              <For each={experiment().dimensions}>{(one) => <option value={one}>{one}</option>}</For>
            </select>
          </label>
          <ResultsTab title="dimensions" what="The results" skeleton={[120, 380]} dimension={chosen()}>
            {(results, state) => <Dimension results={results()} dimension={chosen()} over={state().over} />}
          </ResultsTab>
        </div>
      )}
    </Show>
  );
}

function Dimension(props: { results: Results; dimension: string; over: boolean }): JSX.Element {
  const [asked, setAsked] = createSignal<string>();
  const metrics = () =>
    props.results.metrics.filter(({ key }) =>
      props.results.segments.some((one) => one.metric_key === key && one.dimension === props.dimension),
    );
  const metric = () => metrics().find(({ key }) => key === asked()) ?? metrics()[0];
  const segments = () =>
    props.results.segments.find((one) => one.metric_key === metric()?.key && one.dimension === props.dimension);
  const shown = () => {
    const [one, its] = [metric(), segments()];
    return scorecardMode(props.results.verdict.code) === "full" && one && its
      ? { metric: one, segments: its }
      : undefined;
  };
  // Numbers are asked for every few seconds; rows are made anew only when one of them has changed.
  const table = createMemo(
    (): SegmentTable => {
      const one = shown();
      return one === undefined
        ? { axis: { limit: 1, ticks: [] }, groups: [] }
        : segmentTable(props.results, one.metric, one.segments);
    },
    undefined,
    { equals: (before, after) => JSON.stringify(before) === JSON.stringify(after) },
  );
  const { width, observe } = createElementWidth();
  const nothing = (): string => {
    const mode = scorecardMode(props.results.verdict.code);
    if (mode === "withheld") return "Kept back: the users were not split as planned.";
    return props.over ? "There were not enough users to split." : "There are not enough users to split yet.";
  };
  const nameOf = (key: string) => props.results.variants.find((variant) => variant.key === key)?.name ?? key;
  return (
    <Show when={shown()} fallback={<EmptyPanel title="Nothing to compare" text={nothing()} />}>
      {(one) => (
        <section ref={observe} class="card overflow-hidden" aria-labelledby="segments">
          <div class="grid gap-2 px-4 py-3">
            <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
              <h2 id="segments" class="text-lg font-semibold">
                {one().metric.name} by {props.dimension}
              </h2>
              <Show when={metrics().length > 1}>
                <label class="flex items-center gap-2 text-sm">
                  Metric
                  <select
                    class="control"
                    value={one().metric.key}
                    onChange={(event) => setAsked(event.currentTarget.value)}
                  >
                    <For each={metrics()}>{(metric) => <option value={metric.key}>{metric.name}</option>}</For>
                  </select>
                </label>
              </Show>
            </div>
            <p class="max-w-[85ch] text-sm text-fg-2">
              <strong class="font-semibold text-warn">Exploratory</strong>: among many groups some look special by
              chance. The p-values are corrected for the number of groups; take what stands out as an idea for another
              test.
            </p>
            <For each={one().segments.heterogeneity}>
              {(found) => (
                <>
                  <Show when={found.reversal}>
                    <p class="max-w-[85ch] rounded-[4px] bg-warn-soft px-3 py-2">
                      <strong class="font-semibold text-warn">! Simpson’s paradox</strong>: with “{nameOf(found.key)}”
                      all users together say the opposite of each group. Do not read the total before you know why the
                      groups are mixed differently.
                    </p>
                  </Show>
                  <p class="max-w-[85ch] text-sm">{heterogeneityWords(nameOf(found.key), found).text}</p>
                </>
              )}
            </For>
          </div>
          <Show when={width() >= TABLE_NEEDS_PX} fallback={<SegmentCards table={table()} />}>
            <SegmentsTable table={table()} caption={`${one().metric.name} by ${props.dimension}`} />
          </Show>
        </section>
      )}
    </Show>
  );
}
