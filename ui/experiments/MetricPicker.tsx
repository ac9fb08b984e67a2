import { For, Show, type JSX } from "solid-js";
import type { Metric } from "../../contract/metric.ts";
import { Field } from "../parts/Field.tsx";
import { fieldId } from "../parts/field-errors.ts";

/** What of the limits one metric needs. */
interface Limits {
  readonly of: Readonly<Record<string, string>>;
  /** What an empty one stands for. */
  readonly otherwise: string;
  readonly mistake: (key: string) => string | undefined;
  readonly onChange: (key: string, limit: string) => void;
}

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
  /** How much worse each may become, where that is agreed on. */
  limits?: Limits;
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
          <ul class={props.limits === undefined ? "flex flex-wrap gap-2" : "grid gap-2"}>
            <For each={props.chosen}>
              {(key) => (
                <li
                  class="min-w-0 items-center gap-1 rounded-[4px] bg-panel-2 pl-2 text-sm"
                  classList={{
                    "inline-flex": props.limits === undefined,
                    "flex flex-wrap justify-between": props.limits !== undefined,
                  }}
                >
                  <span class="min-w-0 break-words">{nameOf(key)}</span>
                  <Show when={props.limits}>{(limits) => <Limit name={nameOf(key)} limits={limits()} of={key} />}</Show>
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

function Limit(props: { of: string; name: string; limits: Limits }): JSX.Element {
  const id = () => fieldId("field", `guardrail_limits.${props.of}`);
  const mistake = () => props.limits.mistake(props.of);
  return (
    <span class="ml-auto grid justify-items-end py-1">
      <label class="flex items-center gap-2 text-fg-2">
        may worsen by, %
        <input
          id={id()}
          class="control w-16 text-right"
          inputmode="decimal"
          aria-label={`Limit of ${props.name}, may worsen by, %`}
          aria-invalid={mistake() === undefined ? undefined : "true"}
          aria-describedby={mistake() === undefined ? undefined : `${id()}-error`}
          placeholder={props.limits.otherwise}
          value={props.limits.of[props.of] ?? ""}
          onInput={(event) => props.limits.onChange(props.of, event.currentTarget.value)}
        />
      </label>
      <Show when={mistake()}>
        {(message) => (
          <span id={`${id()}-error`} class="text-bad">
            {message()}
          </span>
        )}
      </Show>
    </span>
  );
}
