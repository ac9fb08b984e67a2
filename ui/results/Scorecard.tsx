import { createMemo, createSignal, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { formatPercent } from "../format/number.ts";
import { createMediaQuery } from "../media-query.ts";
import { RawCounts } from "./RawCounts.tsx";
import { scorecardGroups } from "./scorecard.ts";
import { ScorecardCards } from "./ScorecardCards.tsx";
import { ScorecardTable } from "./ScorecardTable.tsx";
import { scorecardMode } from "./verdict.ts";

/** Every metric of every variant against the control, as far as the verdict lets it be shown. */
export function Scorecard(props: { results: Results }): JSX.Element {
  const [anyway, setAnyway] = createSignal(false);
  const wide = createMediaQuery("(min-width: 720px)");
  const mode = () => scorecardMode(props.results.verdict.code);
  const groups = createMemo(() => scorecardGroups(props.results));
  const confidence = () => formatPercent(1 - props.results.significance_level, 0);
  const subtitle = () => {
    if (mode() === "counts") return "raw counts until there is enough to compare";
    const control = props.results.variants.find((variant) => variant.is_control)?.name ?? "control";
    return `relative change against ${control} · ${confidence()} fixed-horizon interval: read it once, at the planned end`;
  };
  return (
    <section class="card overflow-hidden" aria-labelledby="scorecard">
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
          <Show
            when={wide()}
            fallback={<ScorecardCards groups={groups()} withheld={mode() === "withheld"} confidence={confidence()} />}
          >
            <ScorecardTable groups={groups()} withheld={mode() === "withheld"} />
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
