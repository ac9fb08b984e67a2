import { useQuery } from "@tanstack/solid-query";
import { createMemo, For, onCleanup, onMount, Show, type JSX } from "solid-js";
import type { Experiment, ExperimentStatus } from "../../contract/experiment.ts";
import { experimentsQuery, metricsQuery } from "../api/queries.ts";
import { createClock } from "../clock.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";
import { createMediaQuery } from "../media-query.ts";
import { dataOr } from "../parts/data-or.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { Link, useNavigate, useSearchParams } from "../router.ts";
import { shortcuts } from "../shortcuts.ts";
import { matchingExperiments, statusCounts } from "./filter.ts";
import { STATUS_TONE, STATUS_WORD, STATUSES } from "./status.ts";

/** What people call a metric; its key until the catalogue is there. */
type MetricName = (key: string | null) => string | undefined;

const TYPE_WORD = { ab: "A/B", split_url: "Split-URL", interleaving: "Interleaving" } as const;

export default function ExperimentList(): JSX.Element {
  const experiments = useQuery(experimentsQuery);
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Experiments" />
        <Link class="button button-primary" href="/experiments/new" aria-keyshortcuts={shortcuts() ? "c" : undefined}>
          New experiment
        </Link>
      </div>
      <Loaded query={experiments} what="The experiments" skeleton={[32, 320]}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={
              <EmptyPanel
                title="No experiments yet"
                text="An experiment shows two or more variants of something to different users and finds out which one does better."
              >
                <Link class="button button-primary" href="/experiments/new">
                  Make the first one
                </Link>
              </EmptyPanel>
            }
          >
            <FilteredList all={all()} />
          </Show>
        )}
      </Loaded>
    </div>
  );
}

function FilteredList(props: { all: readonly Experiment[] }): JSX.Element {
  const navigate = useNavigate();
  const wide = createMediaQuery("(min-width: 720px)");
  const [search, setSearch] = useSearchParams();
  const metrics = useQuery(metricsQuery);
  const names = createMemo(() => new Map(dataOr(metrics, []).map((metric) => [metric.key, metric.name])));
  const metricName: MetricName = (key) => (key === null ? undefined : (names().get(key) ?? key));
  const text = () => (typeof search.q === "string" ? search.q : "");
  let box: HTMLInputElement | undefined;
  const status = () => STATUSES.find((one) => one === search.status);
  const counts = createMemo(() => statusCounts(props.all));
  const shown = createMemo(() => matchingExperiments(props.all, status(), text()));

  const shortcut = (event: KeyboardEvent) => {
    if (!shortcuts()) return;
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, dialog *");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      box?.focus();
    } else if (event.key === "c") navigate("/experiments/new");
  };
  onMount(() => document.addEventListener("keydown", shortcut));
  onCleanup(() => document.removeEventListener("keydown", shortcut));

  const chip = (value: ExperimentStatus | undefined, label: string, count: number) => (
    <button
      type="button"
      class="h-8 rounded-[16px] border px-3 whitespace-nowrap"
      classList={{
        "border-accent bg-info-soft font-semibold text-info": status() === value,
        "border-line-strong bg-panel text-fg-2 hover:bg-panel-2": status() !== value,
      }}
      aria-pressed={status() === value}
      onClick={() => setSearch({ status: value ?? null })}
    >
      {label} {count}
    </button>
  );

  return (
    <>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <div role="group" aria-label="Filter by status" class="flex flex-wrap gap-2">
          {chip(undefined, "All", props.all.length - counts().archived)}
          <For each={STATUSES.filter((one) => counts()[one] > 0 || status() === one)}>
            {(one) => chip(one, STATUS_WORD[one], counts()[one])}
          </For>
        </div>
        <input
          ref={(element) => (box = element)}
          type="search"
          class="control w-full max-w-[240px]"
          placeholder="Search name or key"
          aria-label="Search name or key"
          aria-keyshortcuts={shortcuts() ? "/" : undefined}
          value={text()}
          onInput={(event) => setSearch({ q: event.currentTarget.value || null }, { replace: true, scroll: false })}
        />
      </div>
      <Show
        when={shown().length > 0}
        fallback={
          <EmptyPanel
            title="Nothing matches"
            text="There are experiments, but none with this status and these letters. Archived ones are only under “Archived”."
          >
            <button type="button" class="button" onClick={() => setSearch({ status: null, q: null })}>
              Clear filters
            </button>
          </EmptyPanel>
        }
      >
        <Show when={wide()} fallback={<Cards experiments={shown()} metricName={metricName} />}>
          <Table experiments={shown()} metricName={metricName} />
        </Show>
      </Show>
    </>
  );
}

function Updated(props: { at: string; now: number }): JSX.Element {
  const at = () => Date.parse(props.at);
  return (
    <time dateTime={props.at} title={formatDateTime(at())}>
      {formatAgo(Math.max(0, props.now - at()))}
    </time>
  );
}

function Table(props: { experiments: readonly Experiment[]; metricName: MetricName }): JSX.Element {
  const now = createClock(30_000);
  return (
    <div class="card relative overflow-x-auto" tabindex="0" role="region" aria-label="Experiments, table">
      <table class="w-full min-w-[720px]">
        <caption class="sr-only">Experiments</caption>
        <thead class="text-sm text-fg-2">
          <tr>
            <For each={["Experiment", "Status", "Type", "Environments", "Primary metric", "Updated"]}>
              {(head) => (
                <th scope="col" class="border-b border-line px-4 py-2">
                  {head}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.experiments}>
            {(experiment) => (
              <tr class="hover:bg-panel-2 [&:not(:last-child)>*]:border-b [&>*]:border-line">
                <th scope="row" class="px-4 py-2 font-normal">
                  <Link href={`/experiments/${experiment.key}/results`} class="font-semibold hover:underline">
                    {experiment.name}
                  </Link>
                  <code class="block font-mono text-xs break-all text-fg-3">{experiment.key}</code>
                </th>
                <td class="px-4 py-2">
                  <Pill tone={STATUS_TONE[experiment.status]} sign="●" round>
                    {STATUS_WORD[experiment.status]}
                  </Pill>
                </td>
                <td class="px-4 py-2 whitespace-nowrap text-fg-2">{TYPE_WORD[experiment.type]}</td>
                <td class="px-4 py-2 text-fg-2">{experiment.environments.join(", ")}</td>
                <td class="px-4 py-2 break-words text-fg-2">{props.metricName(experiment.primary_metric) ?? "none"}</td>
                <td class="px-4 py-2 whitespace-nowrap text-fg-2">
                  <Updated at={experiment.updated_at} now={now()} />
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

function Cards(props: { experiments: readonly Experiment[]; metricName: MetricName }): JSX.Element {
  const now = createClock(30_000);
  return (
    <ul class="grid gap-3">
      <For each={props.experiments}>
        {(experiment) => (
          <li class="card grid gap-2 p-4">
            <div class="flex flex-wrap items-start justify-between gap-2">
              <Link
                href={`/experiments/${experiment.key}/results`}
                class="min-w-0 font-semibold break-words hover:underline"
              >
                {experiment.name}
              </Link>
              <Pill tone={STATUS_TONE[experiment.status]} sign="●" round>
                {STATUS_WORD[experiment.status]}
              </Pill>
            </div>
            <code class="font-mono text-xs break-all text-fg-3">{experiment.key}</code>
            <p class="text-sm text-fg-2">
              {TYPE_WORD[experiment.type]} · {experiment.environments.join(", ")} ·{" "}
              {props.metricName(experiment.primary_metric) ?? "no primary metric"} ·{" "}
              <Updated at={experiment.updated_at} now={now()} />
            </p>
          </li>
        )}
      </For>
    </ul>
  );
}
