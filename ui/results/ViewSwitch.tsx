import { For, Show, type JSX } from "solid-js";
import { VIEW_WORD, type View } from "./views.ts";

/** How the numbers are looked at. Whoever leaves the plan is told so, and how to come back. */
export function ViewSwitch(props: {
  views: readonly View[];
  view: View;
  /** What the interval of the view is called. */
  interval: string;
  onChange: (view: View) => void;
}): JSX.Element {
  return (
    <>
      <div role="group" aria-label="Look at the numbers by" class="flex flex-wrap gap-1 px-4 pb-2">
        <For each={props.views}>
          {(view) => (
            <button
              type="button"
              class="min-h-6 rounded-[4px] border px-2 text-xs"
              classList={{
                "border-accent font-semibold text-accent": props.view === view,
                "border-line text-fg-2 hover:bg-panel-2": props.view !== view,
              }}
              aria-pressed={props.view === view}
              onClick={() => props.onChange(view)}
            >
              {VIEW_WORD[view]}
            </button>
          )}
        </For>
      </div>
      <div role="status">
        <Show when={props.view !== "plan"}>
          <div class="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line bg-warn-soft px-4 py-2 text-sm">
            <p class="max-w-[85ch]">
              <strong class="font-semibold text-warn">Exploratory view</strong>: {props.interval}. The verdict and the
              readings stay those of the plan.
            </p>
            <button type="button" class="button" onClick={() => props.onChange("plan")}>
              Reset
            </button>
          </div>
        </Show>
      </div>
    </>
  );
}
