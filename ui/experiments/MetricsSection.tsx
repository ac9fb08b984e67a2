import { useQuery } from "@tanstack/solid-query";
import { For, Show, type JSX } from "solid-js";
import { metricsQuery } from "../api/queries.ts";
import { dataOr } from "../parts/data-or.ts";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { Field } from "../parts/Field.tsx";
import { mayEndAnyDay } from "./analysis-words.ts";
import { MetricPicker } from "./MetricPicker.tsx";
import type { SectionProps } from "./section-props.ts";

/** What decides an experiment, what else is measured, and how large and how long it is planned. */
export function MetricsSection(props: SectionProps & { onNewMetric: () => void }): JSX.Element {
  const metrics = useQuery(metricsQuery);
  const catalogue = () => dataOr(metrics, []);
  return (
    <section class="card grid gap-4 p-4" aria-labelledby="metrics">
      <div class="flex flex-wrap items-center justify-between gap-2">
        <h2 id="metrics" class="text-lg font-semibold">
          Metrics
        </h2>
        <button type="button" class="button" onClick={() => props.onNewMetric()}>
          New metric
        </button>
      </div>
      <Show when={metrics.isLoadingError}>
        <ErrorPanel error={metrics.error} what="The metrics could not be loaded." retry={() => metrics.refetch()} />
      </Show>
      <Field
        field="primary_metric"
        label="Primary metric"
        hint="The one that decides. It can be left open in a draft; starting needs it."
        error={props.mistake("primary_metric")}
      >
        {(control) => (
          <select
            {...control}
            class="control"
            onChange={(event) => props.setDraft("primary_metric", event.currentTarget.value)}
          >
            <option value="" selected={props.draft.primary_metric === ""}>
              {metrics.isPending ? "Loading…" : "Choose a metric…"}
            </option>
            <For each={catalogue()}>
              {(metric) => (
                <option value={metric.key} selected={props.draft.primary_metric === metric.key}>
                  {metric.name}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <div class="grid gap-4 sm:grid-cols-2">
        <MetricPicker
          field="secondary_metrics"
          label="Secondary metrics"
          hint="What else you would like to learn."
          metrics={catalogue()}
          chosen={props.draft.secondary_metrics}
          taken={[props.draft.primary_metric, ...props.draft.guardrail_metrics]}
          error={props.mistake("secondary_metrics")}
          onChange={(keys) => props.setDraft("secondary_metrics", keys)}
        />
        <MetricPicker
          field="guardrail_metrics"
          label="Guardrails"
          hint="What must not get worse than its limit; an empty one is the smallest change worth finding, or 2 %."
          metrics={catalogue()}
          chosen={props.draft.guardrail_metrics}
          taken={[props.draft.primary_metric, ...props.draft.secondary_metrics]}
          error={props.mistake("guardrail_metrics")}
          onChange={(keys) => props.setDraft("guardrail_metrics", keys)}
          limits={{
            of: props.draft.guardrail_limits,
            otherwise: props.draft.min_detectable_effect.trim() || "2",
            mistake: (key) => props.mistake(`guardrail_limits.${key}`),
            onChange: (key, limit) => props.setDraft("guardrail_limits", (before) => ({ ...before, [key]: limit })),
          }}
        />
      </div>
      <div class="grid gap-4 sm:grid-cols-2">
        <Field
          field="min_detectable_effect"
          label="Smallest change worth finding, % relative"
          optional
          error={props.mistake("min_detectable_effect")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              inputmode="decimal"
              value={props.draft.min_detectable_effect}
              onInput={(event) => props.setDraft("min_detectable_effect", event.currentTarget.value)}
            />
          )}
        </Field>
        <Field
          field="estimated_duration_days"
          label="Length, whole days"
          hint={
            mayEndAnyDay(props.draft.analysis)
              ? "What it is planned for; it may be ended earlier."
              : props.draft.analysis.method === "group_sequential"
                ? "The last look is at this end."
                : "It is to be read once, at this end."
          }
          error={props.mistake("estimated_duration_days")}
        >
          {(control) => (
            <input
              {...control}
              class="control"
              inputmode="numeric"
              value={props.draft.estimated_duration_days}
              onInput={(event) => props.setDraft("estimated_duration_days", event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <Field
        field="dimensions"
        label="Split by"
        optional
        hint="Attributes to look into the results by, separated by commas: country, edge.device"
        error={props.mistake("dimensions")}
      >
        {(control) => (
          <input
            {...control}
            class="control"
            spellcheck={false}
            value={props.draft.dimensions}
            onInput={(event) => props.setDraft("dimensions", event.currentTarget.value)}
          />
        )}
      </Field>
    </section>
  );
}
