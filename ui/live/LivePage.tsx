import { useQuery } from "@tanstack/solid-query";
import { createEffect, createMemo, createSignal, For, on, Show, type JSX } from "solid-js";
import type { Live } from "../../contract/live.ts";
import { liveQuery } from "../api/queries.ts";
import { Mark } from "../charts/Mark.tsx";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { createClock } from "../clock.ts";
import { createEnvironment, EnvironmentChoice } from "../experiments/EnvironmentChoice.tsx";
import { useExperiment } from "../experiments/experiment-context.ts";
import { formatCount, formatShares } from "../format/number.ts";
import { formatAgo, formatClock } from "../format/time.ts";
import { createOnline } from "../online.ts";
import { dataOr } from "../parts/data-or.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageTitle } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { Link } from "../router.ts";
import { countedWords } from "./counted-words.ts";
import { growthBySteps, growthOver, type Reading, withReading } from "./growth.ts";
import { GrowthBars } from "./GrowthBars.tsx";

const MINUTE_MS = 60_000;
const BARS = 30;
const BAR_MS = 10_000;

/** What is counted, as it is counted: no statistics, so nobody is tempted to read a winner off it. */
export default function LivePage(): JSX.Element {
  const experiment = useExperiment();
  return (
    <>
      <PageTitle title={`${experiment().name}: live`} />
      <Show
        when={experiment().status !== "draft"}
        fallback={
          <EmptyPanel
            title="Not started yet"
            text="Counts appear here within seconds of the first exposure, and grow while you look."
          >
            <Link class="button" href={`/experiments/${experiment().key}/setup`}>
              Look over the setup
            </Link>
          </EmptyPanel>
        }
      >
        <LiveCounts />
      </Show>
    </>
  );
}

const exposuresOf = (live: Live): number => live.variants.reduce((sum, { exposures }) => sum + exposures, 0);

/** What each variant had at every refresh since the page was opened, and all together under `""`. */
type Readings = ReadonlyMap<string, readonly Reading[]>;

const withCounts = (readings: Readings, live: Live): Readings => {
  const at = Date.parse(live.as_of);
  return new Map(
    [{ key: "", exposures: exposuresOf(live) }, ...live.variants].map(({ key, exposures }) => [
      key,
      withReading(readings.get(key) ?? [], { at, count: exposures }),
    ]),
  );
};

function LiveCounts(): JSX.Element {
  const experiment = useExperiment();
  const now = createClock(1000);
  const online = createOnline();
  const environment = createEnvironment();
  const isLive = () => experiment().status !== "archived";
  const live = useQuery(() => liveQuery(experiment().key, environment(), isLive()));
  const data = () => dataOr<Live | undefined>(live, undefined);
  const cutOff = () => !online() || live.isError || live.failureCount > 0;

  const [readings, setReadings] = createSignal<Readings>(new Map());
  createEffect(on(environment, () => setReadings(new Map()), { defer: true }));
  createEffect(
    on(
      () => data()?.as_of,
      () => {
        const counts = data();
        if (counts?.environment === environment()) setReadings((before) => withCounts(before, counts));
      },
    ),
  );

  return (
    <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3 text-sm text-fg-2">
        <EnvironmentChoice environment={environment()} />
        <Show when={data()}>
          {(counts) => (
            <p>
              As of {formatClock(Date.parse(counts().as_of))}
              <Show when={cutOff()} fallback={<Show when={isLive()}> · every 2 s</Show>}>
                , {formatAgo(Math.max(0, now() - Date.parse(counts().as_of)))} ·{" "}
                <span class="font-semibold text-warn">not refreshed</span>
              </Show>
            </p>
          )}
        </Show>
      </div>
      <Loaded query={live} what="The counts" skeleton={[128, 220]} quiet>
        {(counts) => (
          <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
            <Totals live={counts()} readings={readings().get("") ?? []} />
            <CountsTable live={counts()} readings={readings()} />
            <p class="max-w-[85ch] text-sm text-fg-2">
              Counts only: what they mean, and whether they can be trusted yet, is on the{" "}
              <Link class="link" href={`/experiments/${experiment().key}/results`}>
                results
              </Link>{" "}
              tab. Single events are under{" "}
              <Link class="link" href={`/events?environment=${encodeURIComponent(environment())}`}>
                Events
              </Link>
              .
            </p>
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Totals(props: { live: Live; readings: readonly Reading[] }): JSX.Element {
  const growth = createMemo(() => growthBySteps(props.readings, BARS, BAR_MS));
  const underWay = () => props.live.ledger.difference;
  return (
    <section
      aria-label="So far"
      class="card grid items-start gap-x-8 gap-y-4 p-4 sm:grid-cols-[auto_auto_minmax(0,1fr)]"
    >
      <div>
        <h2 class="text-sm text-fg-2">Users exposed</h2>
        <p class="text-xl font-bold">{formatCount(exposuresOf(props.live))}</p>
        <p class="text-sm text-fg-2">+{formatCount(growthOver(props.readings, MINUTE_MS))} in the last minute</p>
      </div>
      <div>
        <h2 class="text-sm text-fg-2">Events received in {props.live.environment}</h2>
        <p class="text-xl font-bold">{formatCount(props.live.ledger.received)}</p>
        <p>
          <Show
            when={underWay() === 0}
            fallback={
              <Pill tone="info" sign="→">
                {formatCount(underWay())} on their way
              </Pill>
            }
          >
            <Pill tone="good" sign="✓">
              All accounted for
            </Pill>
          </Show>
        </p>
      </div>
      <div class="min-w-0">
        <GrowthBars growth={growth()} stepWords="10 s" />
        <p class="mt-1 text-xs text-fg-3">New users each 10 s, since you opened this page, up to 5 min</p>
      </div>
    </section>
  );
}

function CountsTable(props: { live: Live; readings: Readings }): JSX.Element {
  const variants = () => controlFirst(props.live.variants);
  const shares = () =>
    formatShares(
      variants().map(({ exposures }) => exposures),
      1,
    );
  return (
    <section class="card">
      <div class="relative overflow-x-auto" tabindex="0" role="region" aria-label="Live counts, table">
        <table class="w-full">
          <caption class="sr-only">Users and metrics of each variant as they are counted</caption>
          <thead class="text-sm text-fg-2">
            <tr>
              <th scope="col" class="border-b border-line px-4 py-2">
                Variant
              </th>
              <For each={["Users", "Last minute"]}>
                {(head) => (
                  <th scope="col" class="border-b border-line px-4 py-2 text-right whitespace-nowrap">
                    {head}
                  </th>
                )}
              </For>
              <For each={props.live.metrics}>
                {(metric) => (
                  <th scope="col" class="border-b border-line px-4 py-2 text-right">
                    {metric.name}
                  </th>
                )}
              </For>
            </tr>
          </thead>
          <tbody>
            <For each={variants()}>
              {(variant, index) => (
                <tr class="[&>*]:border-b [&>*]:border-line">
                  <th scope="row" class="h-[52px] px-4 font-normal">
                    <span class="flex items-center gap-2">
                      <Mark mark={variantMark(index())} />
                      <span class="min-w-0 break-words">{variant.name}</span>
                    </span>
                  </th>
                  <td class="px-4 text-right">
                    {formatCount(variant.exposures)}
                    <span class="block text-xs text-fg-3">{shares()[index()]}</span>
                  </td>
                  <td class="px-4 text-right text-fg-2">
                    +{formatCount(growthOver(props.readings.get(variant.key) ?? [], MINUTE_MS))}
                  </td>
                  <For each={props.live.metrics}>
                    {(metric) => <MetricCell metric={metric} variant={variant.key} />}
                  </For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <p class="px-4 py-2 text-sm text-fg-2">
        Seen in two variants, and left out: {formatCount(props.live.crossovers)} users
      </p>
    </section>
  );
}

function MetricCell(props: { metric: Live["metrics"][number]; variant: string }): JSX.Element {
  const words = () => {
    const counted = props.metric.variants.find(({ key }) => key === props.variant);
    return counted === undefined ? { main: "–", detail: "" } : countedWords(props.metric.type, counted);
  };
  return (
    <td class="px-4 text-right whitespace-nowrap">
      {words().main}
      <span class="block text-xs text-fg-3">{words().detail}</span>
    </td>
  );
}
