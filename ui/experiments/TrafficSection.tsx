import { For, Show, type JSX } from "solid-js";
import type { Layer } from "../../contract/layer.ts";
import type { Rule } from "../../contract/targeting.ts";
import { BucketBar } from "../charts/BucketBar.tsx";
import { formatPercent } from "../format/number.ts";
import { Field } from "../parts/Field.tsx";
import type { SectionProps } from "./section-props.ts";
import { TargetingFields } from "./TargetingFields.tsx";
import { UnitFields } from "./UnitFields.tsx";

/** Who is let in: the layer, the share of its traffic, the unit and the targeting. */
export function TrafficSection(
  props: SectionProps & {
    /** Those that can be shared. */
    layers: readonly Layer[];
    /** The chosen one. */
    layer: Layer | undefined;
    /** Stands in for the targeting fields when the rules say more than these can. */
    rules: readonly Rule[] | undefined;
  },
): JSX.Element {
  return (
    <section class="card grid gap-4 p-4" aria-labelledby="traffic">
      <h2 id="traffic" class="text-lg font-semibold">
        Traffic
      </h2>
      <div class="grid gap-4 sm:grid-cols-2">
        <Field
          field="layer"
          label="Layer"
          hint="Experiments in one layer never share a user."
          error={props.mistake("layer")}
        >
          {(control) => (
            <select
              {...control}
              class="control"
              onChange={(event) => props.setDraft("layer", event.currentTarget.value)}
            >
              <option value="" selected={props.draft.layer === ""}>
                None: traffic of its own
              </option>
              <For each={props.layers}>
                {(one) => (
                  <option
                    value={one.key}
                    selected={props.draft.layer === one.key}
                    disabled={props.draft.type === "split_url" && one.unit_type !== "device_id"}
                  >
                    {one.name} (by {one.unit_type})
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <Field
          field="traffic"
          label="Share of the traffic, %"
          hint="It can grow later without moving anyone."
          error={props.mistake("traffic")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              inputmode="decimal"
              value={props.draft.traffic}
              onInput={(event) => props.setDraft("traffic", event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <UnitFields draft={props.draft} setDraft={props.setDraft} mistake={props.mistake} layer={props.layer} />
      <Show when={props.layer}>
        {(one) => (
          <div class="grid gap-1">
            <BucketBar
              ranges={one().slots.map((slot) => ({ ...slot, label: slot.experiment_key, own: false }))}
              summary={`${formatPercent(one().free_buckets / 10_000, 0)} of ${one().name} is free.`}
            />
            <p class="text-sm text-fg-2">{formatPercent(one().free_buckets / 10_000, 0)} of this layer is free.</p>
          </div>
        )}
      </Show>
      <TargetingFields draft={props.draft} setDraft={props.setDraft} mistake={props.mistake} rules={props.rules} />
    </section>
  );
}
