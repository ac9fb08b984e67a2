import { useQuery } from "@tanstack/solid-query";
import { For, Show, type JSX } from "solid-js";
import type { Rule } from "../../contract/targeting.ts";
import { audiencesQuery } from "../api/queries.ts";
import { dataOr } from "../parts/data-or.ts";
import { Field } from "../parts/Field.tsx";
import { FixedRules } from "./FixedRules.tsx";
import type { SectionProps } from "./section-props.ts";

/** Who may take part: three fields, or the rules that say more than these can. */
export function TargetingFields(props: SectionProps & { rules: readonly Rule[] | undefined }): JSX.Element {
  const audiences = useQuery(audiencesQuery);
  return (
    <Show when={props.rules === undefined} fallback={<FixedRules rules={props.rules ?? []} />}>
      <div class="grid gap-4 sm:grid-cols-3">
        <Field
          field="targeting.countries"
          label="Countries"
          optional
          hint="US, CA, …"
          error={props.mistake("targeting.countries")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              value={props.draft.countries}
              onInput={(event) => props.setDraft("countries", event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          field="targeting.platforms"
          label="Platforms"
          optional
          hint="web, ios, …"
          error={props.mistake("targeting.platforms")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              value={props.draft.platforms}
              onInput={(event) => props.setDraft("platforms", event.currentTarget.value)}
            />
          )}
        </Field>
        <Field field="targeting.user_segment" label="Audience" optional error={props.mistake("targeting.user_segment")}>
          {(control) => (
            <select
              {...control}
              class="control"
              onChange={(event) => props.setDraft("audience", event.currentTarget.value)}
            >
              <option value="" selected={props.draft.audience === ""}>
                Everyone
              </option>
              <For each={dataOr(audiences, [])}>
                {(audience) => (
                  <option value={audience.key} selected={props.draft.audience === audience.key}>
                    {audience.name}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </div>
    </Show>
  );
}
