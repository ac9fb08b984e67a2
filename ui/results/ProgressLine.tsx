import { Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { progressWords } from "./progress.ts";

/** The planned sample against what is there, how long it still takes, and what could be found by now. */
export function ProgressLine(props: { results: Results; over: boolean }): JSX.Element {
  return (
    <Show when={progressWords(props.results, props.over)}>
      {(words) => (
        <section aria-label="Progress" class="card grid gap-2 px-5 py-3">
          <div class="h-1 overflow-hidden rounded-[4px] bg-panel-2" aria-hidden="true">
            <div class="h-full bg-accent" style={{ width: `${words().share * 100}%` }} />
          </div>
          <p class="flex flex-wrap gap-x-6 gap-y-1 text-sm text-fg-2">
            <span class="text-fg">{words().collected}</span>
            <Show when={words().left}>{(left) => <span>{left()}</span>}</Show>
            <Show when={words().detectable}>{(detectable) => <span>{detectable()}</span>}</Show>
          </p>
        </section>
      )}
    </Show>
  );
}
