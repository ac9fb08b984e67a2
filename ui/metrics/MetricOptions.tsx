import { Show, type JSX } from "solid-js";
import { Field, type ControlProps } from "../parts/Field.tsx";
import { hasOption, type MetricDraft } from "./metric-draft.ts";

type NumberField = "quantile" | "first_day" | "last_day" | "cap" | "window_hours";

/** The numbers that metrics of the chosen type have. */
export function MetricOptions(props: {
  draft: MetricDraft;
  mistake: (field: string) => string | undefined;
  onInput: (field: NumberField, text: string) => void;
}): JSX.Element {
  const input = (control: ControlProps, field: NumberField): JSX.Element => (
    <input
      {...control}
      class="control"
      inputmode="decimal"
      value={props.draft[field]}
      onInput={(event) => props.onInput(field, event.currentTarget.value)}
    />
  );
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <Show when={hasOption(props.draft.type, "quantile")}>
        <Field
          prefix="metric"
          field="quantile"
          label="Quantile"
          hint="Between 0 and 1: 0.5 is the median."
          error={props.mistake("quantile")}
        >
          {(control) => input(control, "quantile")}
        </Field>
      </Show>
      <Show when={hasOption(props.draft.type, "retention_days")}>
        <Field
          prefix="metric"
          field="retention_days.0"
          label="From day"
          hint="Days of 24 hours since the first exposure; the first one is 0."
          error={props.mistake("retention_days.0")}
        >
          {(control) => input(control, "first_day")}
        </Field>
        <Field
          prefix="metric"
          field="retention_days.1"
          label="To day"
          hint="That day included."
          error={props.mistake("retention_days.1")}
        >
          {(control) => input(control, "last_day")}
        </Field>
      </Show>
      <Show when={hasOption(props.draft.type, "cap")}>
        <Field
          prefix="metric"
          field="cap"
          label="Cap"
          optional
          hint="The most that one unit can contribute, so that one enormous order decides nothing."
          error={props.mistake("cap")}
        >
          {(control) => input(control, "cap")}
        </Field>
      </Show>
      <Show when={hasOption(props.draft.type, "window_hours")}>
        <Field
          prefix="metric"
          field="window_hours"
          label="Window in hours"
          optional
          hint="Events count from the first exposure for so long; without it, to the end."
          error={props.mistake("window_hours")}
        >
          {(control) => input(control, "window_hours")}
        </Field>
      </Show>
    </div>
  );
}
