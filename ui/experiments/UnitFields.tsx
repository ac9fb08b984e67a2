import { For, Show, type JSX } from "solid-js";
import type { Layer } from "../../contract/layer.ts";
import { Field } from "../parts/Field.tsx";
import { unitOf } from "./draft.ts";
import type { SectionProps } from "./section-props.ts";
import { UNITS, UNIT_WORD, unitHint } from "./unit-words.ts";

/** What is randomised and counted: a choice, unless the layer or the redirect has made it. */
export function UnitFields(props: SectionProps & { layer: Layer | undefined }): JSX.Element {
  const fixedUnit = () =>
    props.draft.layer === "" && props.draft.type !== "split_url"
      ? undefined
      : unitOf(props.draft, props.layer?.unit_type) || undefined;
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <Field
        field={props.draft.unit === "other" && fixedUnit() === undefined ? "unit_choice" : "unit_type"}
        label="Counted by"
        hint={unitHint(fixedUnit() ?? unitOf(props.draft, undefined), props.layer?.name)}
        error={props.draft.unit === "other" ? undefined : props.mistake("unit_type")}
      >
        {(control) => (
          <select
            {...control}
            class="control"
            disabled={fixedUnit() !== undefined}
            onChange={(event) =>
              props.setDraft("unit", UNITS.find((one) => one === event.currentTarget.value) ?? "device_id")
            }
          >
            <Show when={fixedUnit()}>
              {(unit) => <option selected>{unit() === "device_id" ? UNIT_WORD.device_id : unit()}</option>}
            </Show>
            <For each={UNITS}>
              {(one) => (
                <option value={one} selected={fixedUnit() === undefined && props.draft.unit === one}>
                  {UNIT_WORD[one]}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <Show when={props.draft.unit === "other" && fixedUnit() === undefined}>
        <Field
          field="unit_type"
          label="Attribute"
          hint="What your code calls it in the context: company_id, …"
          error={props.mistake("unit_type")}
        >
          {(control) => (
            <input
              {...control}
              class="control font-mono text-sm"
              spellcheck={false}
              value={props.draft.other_unit}
              onInput={(event) => props.setDraft("other_unit", event.currentTarget.value)}
            />
          )}
        </Field>
      </Show>
    </div>
  );
}
