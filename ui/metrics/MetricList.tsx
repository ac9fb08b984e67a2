import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show, type JSX } from "solid-js";
import { metricsQuery } from "../api/queries.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { MetricForm } from "./MetricForm.tsx";
import { METRIC_TYPE_WORD, sourceWords } from "./type-words.ts";

export default function MetricList(): JSX.Element {
  const metrics = useQuery(metricsQuery);
  const [making, setMaking] = createSignal(false);
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Metrics" />
        <button type="button" class="button button-primary" onClick={() => setMaking(true)}>
          New metric
        </button>
      </div>
      <Loaded query={metrics} what="The metrics" skeleton={[320]}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={
              <EmptyPanel
                title="No metrics yet"
                text="A metric turns the events that your code tracks into one number a user, so that variants can be compared."
              />
            }
          >
            <div class="card relative overflow-x-auto" tabindex="0" role="region" aria-label="Metrics, table">
              <table class="w-full min-w-[680px]">
                <caption class="sr-only">Metrics</caption>
                <thead class="text-sm text-fg-2">
                  <tr>
                    <For each={["Metric", "Measures", "Event", "Good is"]}>
                      {(head) => (
                        <th scope="col" class="border-b border-line px-4 py-2">
                          {head}
                        </th>
                      )}
                    </For>
                  </tr>
                </thead>
                <tbody>
                  <For each={all()}>
                    {(metric) => (
                      <tr class="[&:not(:last-child)>*]:border-b [&>*]:border-line">
                        <th scope="row" class="px-4 py-2 font-normal">
                          <span class="font-semibold break-words">{metric.name}</span>
                          <code class="block font-mono text-xs break-all text-fg-3">{metric.key}</code>
                        </th>
                        <td class="px-4 py-2 text-fg-2">{METRIC_TYPE_WORD[metric.type]}</td>
                        <td class="px-4 py-2 font-mono text-sm break-words">{sourceWords(metric)}</td>
                        <td class="px-4 py-2 whitespace-nowrap text-fg-2">
                          {metric.direction === "increase" ? "↑ higher" : "↓ lower"}
                        </td>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            </div>
          </Show>
        )}
      </Loaded>
      <Dialog open={making()} title="New metric" onClose={() => setMaking(false)}>
        <MetricForm onCreated={() => setMaking(false)} onCancel={() => setMaking(false)} />
      </Dialog>
    </div>
  );
}
