import { For, type JSX } from "solid-js";
import type { Metric } from "../../contract/metric.ts";
import { Field } from "../parts/Field.tsx";

/** Any number of metrics: a select adds one, and each has a button that takes it away again. */
export function MetricPicker(props: {
  field: string;
  label: string;
  hint: string;
  metrics: readonly Metric[];
  chosen: readonly string[];
  /** Keys that have another role already. */
  taken: readonly string[];
  error: string | undefined;
  onChange: (keys: string[]) => void;
}): JSX.Element {
  const free = () =>
    props.metrics.filter((metric) => !props.chosen.includes(metric.key) && !props.taken.includes(metric.key));
  const nameOf = (key: string) => props.metrics.find((metric) => metric.key === key)?.name ?? key;
  return (
    <Field field={props.field} label={props.label} hint={props.hint} error={props.error} optional>
      {(control) => (
        <>
          <select
            {...control}
            class="control"
            disabled={free().length === 0}
            onChange={(event) => {
              const key = event.currentTarget.value;
              event.currentTarget.value = "";
              if (key !== "") props.onChange([...props.chosen, key]);
            }}
          >
            <option value="">{free().length === 0 ? "No other metric" : "Add a metric…"}</option>
            <For each={free()}>{(metric) => <option value={metric.key}>{metric.name}</option>}</For>
          </select>
          <ul class="flex flex-wrap gap-2">
            <For each={props.chosen}>
              {(key) => (
                <li class="inline-flex min-w-0 items-center gap-1 rounded-[4px] bg-panel-2 pl-2 text-sm">
                  <span class="min-w-0 break-words">{nameOf(key)}</span>
                  <button
                    type="button"
                    class="size-6 rounded-[4px] text-fg-2 hover:bg-line"
                    aria-label={`Remove ${nameOf(key)}`}
                    onClick={() => props.onChange(props.chosen.filter((one) => one !== key))}
                  >
                    ✕
                  </button>
                </li>
              )}
            </For>
          </ul>
        </>
      )}
    </Field>
  );
}
