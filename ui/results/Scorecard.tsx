import { createMemo, createSignal, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { createElementWidth } from "../charts/element-width.ts";
import { CORRECTION_WORD, correctionOf, isReadEarly } from "../experiments/analysis-words.ts";
import { RawCounts } from "./RawCounts.tsx";
import { scorecardGroups } from "./scorecard.ts";
import { ScorecardCards } from "./ScorecardCards.tsx";
import { ScorecardTable } from "./ScorecardTable.tsx";
import { scorecardMode } from "./verdict.ts";
import { intervalName, viewIntervalWords, viewsOf, type View } from "./views.ts";
import { ViewSwitch } from "./ViewSwitch.tsx";

/** Narrower than this, the bars of a table would be too short to be compared. */
const TABLE_NEEDS_PX = 880;

/** Every metric of every variant against the control, as far as the verdict lets it be shown. */
export function Scorecard(props: { results: Results; over: boolean }): JSX.Element {
  const [anyway, setAnyway] = createSignal(false);
  const [chosen, setChosen] = createSignal<View>("plan");
  const { width, observe } = createElementWidth();
  const mode = () => scorecardMode(props.results.verdict.code);
  const views = createMemo(() => viewsOf(props.results), undefined, {
    equals: (before, after) => before.join() === after.join(),
  });
  const view = (): View => (views().includes(chosen()) ? chosen() : "plan");
  // Numbers are asked for every few seconds; rows are made anew only when one of them has changed.
  const groups = createMemo(() => scorecardGroups(props.results, props.over, view()), undefined, {
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  const treatments = () => props.results.variants.filter((variant) => !variant.is_control).length;
  const subtitle = () => {
    const { plan, variants } = props.results;
    if (mode() === "counts")
      return props.over ? "raw counts: there was too little to compare" : "raw counts until there is enough to compare";
    const control = variants.find((variant) => variant.is_control)?.name ?? "control";
    return [
      `relative change against ${control}`,
      viewIntervalWords("plan", props.results),
      ...(plan.cuped ? ["CUPED on"] : []),
      ...(treatments() > 1 && correctionOf(plan) !== "none"
        ? [`${CORRECTION_WORD[correctionOf(plan)]} across ${treatments()} variants`]
        : []),
      ...(isReadEarly(plan) ? [] : [props.over ? "the test has ended" : "read it once, at the planned end"]),
    ].join(" · ");
  };
  const exploring = () => view() !== "plan";
  return (
    <section ref={observe} class="card overflow-hidden" aria-labelledby="scorecard">
      <div class="flex flex-wrap items-baseline gap-x-4 px-4 pt-3 pb-2">
        <h2 id="scorecard" class="text-lg font-semibold">
          Scorecard
        </h2>
        <p class="text-sm text-fg-2">{subtitle()}</p>
      </div>
      <Show when={mode() !== "counts"} fallback={<RawCounts results={props.results} />}>
        <Show
          when={mode() === "full" || anyway()}
          fallback={
            <div class="flex flex-wrap items-center gap-3 border-t border-line p-4">
              <p class="max-w-[85ch] text-fg-2">
                The users were not split as planned, so these numbers may be wrong in either direction. They are kept
                back.
              </p>
              <button type="button" class="button" onClick={() => setAnyway(true)}>
                Show anyway
              </button>
            </div>
          }
        >
          <Show when={views().length > 1 && props.results.metrics.length > 0}>
            <ViewSwitch
              views={views()}
              view={view()}
              interval={viewIntervalWords(view(), props.results)}
              onChange={setChosen}
            />
          </Show>
          <Show
            when={width() >= TABLE_NEEDS_PX}
            fallback={
              <ScorecardCards
                groups={groups()}
                withheld={mode() === "withheld"}
                exploring={exploring()}
                interval={intervalName(view(), props.results)}
              />
            }
          >
            <ScorecardTable groups={groups()} withheld={mode() === "withheld"} exploring={exploring()} />
          </Show>
        </Show>
      </Show>
      <Show when={props.results.metrics.length === 0}>
        <p class="border-t border-line p-4 text-fg-2">
          This experiment measures nothing: it was made without metrics. Exposures are counted all the same.
        </p>
      </Show>
    </section>
  );
}
