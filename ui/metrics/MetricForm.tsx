import { createSignal, For, Show, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import type { Metric } from "../../contract/metric.ts";
import { createMetric } from "../api/admin.ts";
import { metricsQuery, queryClient } from "../api/queries.ts";
import { suggestKey } from "../format/key.ts";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { createSubmission } from "../parts/submission.ts";
import { bodyOf, emptyMetric, hasOption } from "./metric-draft.ts";
import { MetricOptions } from "./MetricOptions.tsx";
import { METRIC_TYPE_WORD, SIMPLE_TYPES } from "./type-words.ts";

const FIELDS = [
  "name",
  "key",
  "type",
  "event",
  "value",
  "direction",
  "quantile",
  "retention_days.0",
  "retention_days.1",
  "cap",
  "window_hours",
] as const;

/** Makes a metric; used on the metrics page and in the middle of making an experiment. */
export function MetricForm(props: { onCreated: (metric: Metric) => void; onCancel: () => void }): JSX.Element {
  const [draft, setDraft] = createStore(emptyMetric());
  const [keyTouched, setKeyTouched] = createSignal(false);
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const metric = await createMetric(bodyOf(draft));
      await queryClient.invalidateQueries({ queryKey: metricsQuery().queryKey });
      props.onCreated(metric);
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} prefix="metric" />
      <Field prefix="metric" field="name" label="Name" error={form.mistake("name")}>
        {(control) => (
          <input
            {...control}
            class="control"
            required
            value={draft.name}
            onInput={(event) => {
              setDraft("name", event.currentTarget.value);
              if (!keyTouched()) setDraft("key", suggestKey(event.currentTarget.value));
            }}
          />
        )}
      </Field>
      <Field
        prefix="metric"
        field="key"
        label="Key"
        hint="How code and the API name it; it can never change."
        error={form.mistake("key")}
      >
        {(control) => (
          <input
            {...control}
            class="control font-mono text-sm"
            spellcheck={false}
            value={draft.key}
            onInput={(event) => {
              setKeyTouched(true);
              setDraft("key", event.currentTarget.value);
            }}
          />
        )}
      </Field>
      <Field prefix="metric" field="type" label="Type" error={form.mistake("type")}>
        {(control) => (
          <select
            {...control}
            class="control"
            value={draft.type}
            onChange={(event) => {
              const type = SIMPLE_TYPES.find((one) => one === event.currentTarget.value);
              if (type) setDraft("type", type);
            }}
          >
            <For each={SIMPLE_TYPES}>{(type) => <option value={type}>{METRIC_TYPE_WORD[type]}</option>}</For>
          </select>
        )}
      </Field>
      <div class="grid gap-4 sm:grid-cols-2">
        <Field
          prefix="metric"
          field="event"
          label="Event"
          hint="The name that your code tracks, such as purchase."
          error={form.mistake("event")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              required
              spellcheck={false}
              value={draft.event}
              onInput={(event) => setDraft("event", event.currentTarget.value)}
            />
          )}
        </Field>
        <Show when={hasOption(draft.type, "value")}>
          <Field
            prefix="metric"
            field="value"
            label="Value"
            optional
            hint="The property to read; without it the event's own value."
            error={form.mistake("value")}
          >
            {(control) => (
              <input
                {...control}
                class="control"
                spellcheck={false}
                value={draft.value}
                onInput={(event) => setDraft("value", event.currentTarget.value)}
              />
            )}
          </Field>
        </Show>
      </div>
      <MetricOptions draft={draft} mistake={form.mistake} onInput={(field, text) => setDraft(field, text)} />
      <Field prefix="metric" field="direction" label="Good is" error={form.mistake("direction")}>
        {(control) => (
          <select
            {...control}
            class="control"
            value={draft.direction}
            onChange={(event) =>
              setDraft("direction", event.currentTarget.value === "decrease" ? "decrease" : "increase")
            }
          >
            <option value="increase">Higher</option>
            <option value="decrease">Lower</option>
          </select>
        )}
      </Field>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={form.busy()}>
          Create metric
        </button>
      </div>
    </form>
  );
}
