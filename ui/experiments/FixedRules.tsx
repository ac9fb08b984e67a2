import { For, Show, type JSX } from "solid-js";
import type { Rule } from "../../contract/targeting.ts";
import { ruleWords } from "./targeting-words.ts";

/** Rules that the three fields cannot say are left as they are. */
export function FixedRules(props: { rules: readonly Rule[] }): JSX.Element {
  return (
    <div class="grid gap-1 text-sm">
      <p class="font-medium">Who</p>
      <ul class="grid gap-1">
        <For each={props.rules}>
          {(rule, index) => (
            <li class="break-words">
              <Show when={index() > 0}>
                <span class="text-fg-3">or </span>
              </Show>
              {ruleWords(rule)}
            </li>
          )}
        </For>
      </ul>
      <p class="text-fg-3">These rules were written with the API, and stay as they are here.</p>
    </div>
  );
}
