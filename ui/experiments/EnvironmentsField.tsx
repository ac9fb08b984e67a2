import { useQuery } from "@tanstack/solid-query";
import { For, Show, type JSX } from "solid-js";
import { environmentsQuery } from "../api/queries.ts";
import { dataOr } from "../parts/data-or.ts";
import type { SectionProps } from "./section-props.ts";

/** Where an experiment runs; the environments that exist from the start stand in while the list is on its way. */
export function EnvironmentsField(props: SectionProps): JSX.Element {
  const environments = useQuery(environmentsQuery);
  const environmentKeys = () => {
    const keys = dataOr(environments, []).map((one) => one.key);
    return keys.length === 0 ? ["production", "development"] : keys;
  };
  return (
    <fieldset id="field-environments" tabindex="-1" class="grid gap-1">
      <legend class="text-sm font-medium">Environments</legend>
      <div class="flex flex-wrap gap-x-6">
        <For each={environmentKeys()}>
          {(key) => (
            <label class="flex min-h-6 items-center gap-2">
              <input
                type="checkbox"
                class="size-4 accent-accent"
                checked={props.draft.environments.includes(key)}
                onChange={(event) =>
                  props.setDraft(
                    "environments",
                    event.currentTarget.checked
                      ? [...props.draft.environments, key]
                      : props.draft.environments.filter((one) => one !== key),
                  )
                }
              />
              {key}
            </label>
          )}
        </For>
      </div>
      <Show when={props.mistake("environments")}>{(message) => <p class="text-sm text-bad">{message()}</p>}</Show>
    </fieldset>
  );
}
