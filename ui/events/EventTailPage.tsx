import { useQuery } from "@tanstack/solid-query";
import { batch, createEffect, createMemo, createSignal, For, on, Show, type JSX } from "solid-js";
import type { TailNews } from "../../contract/event-tail.ts";
import { environmentsQuery } from "../api/queries.ts";
import { createClock } from "../clock.ts";
import { formatNumber } from "../format/number.ts";
import { formatClock } from "../format/time.ts";
import { dataOr } from "../parts/data-or.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import type { Tone } from "../parts/tone.ts";
import { useSearchParams } from "../router.ts";
import { createTailConnection, type TailState } from "./tail-connection.ts";
import {
  type Arrival,
  matchingRows,
  type Outcome,
  rateOf,
  recentArrivals,
  spacedOut,
  type TailRow,
  withNews,
} from "./tail-rows.ts";

const OUTCOMES: readonly { readonly value: Outcome; readonly label: string; readonly tone: Tone; sign: string }[] = [
  { value: "accepted", label: "Accepted", tone: "good", sign: "✓" },
  { value: "rejected", label: "Rejected", tone: "bad", sign: "✕" },
  { value: "bot", label: "Bot", tone: "neutral", sign: "○" },
];

/** Events as they come in, to see that a page sends what it should. */
export default function EventTailPage(): JSX.Element {
  const [search, setSearch] = useSearchParams();
  const environment = () => (typeof search.environment === "string" ? search.environment : "production");
  const environments = useQuery(environmentsQuery);
  /** Until the list is there, it is taken for granted that there is one: the tail need not wait. */
  const isThere = () => !environments.isSuccess || environments.data.some(({ key }) => key === environment());
  const choices = () => [...new Set([...dataOr(environments, []).map(({ key }) => key), environment()])];

  const now = createClock(1000);
  const [rows, setRows] = createSignal<readonly TailRow[]>([]);
  const [arrivals, setArrivals] = createSignal<readonly Arrival[]>([]);
  /** The rows that stay on the page while it is paused. */
  const [held, setHeld] = createSignal<readonly TailRow[]>();
  const [outcome, setOutcome] = createSignal<Outcome>();
  const [text, setText] = createSignal("");

  const hear = (news: TailNews): void => {
    const { accepted, rejected, events } = news;
    const at = Date.now();
    batch(() => {
      setRows((before) => withNews(before, news));
      setArrivals((before) => [...recentArrivals(before, at), { at, accepted, rejected, shown: events.length }]);
    });
  };
  createEffect(
    on(environment, () => {
      setRows([]);
      setArrivals([]);
      setHeld(undefined);
    }),
  );
  const { state, resume } = createTailConnection(() => (isThere() ? environment() : undefined), hear);

  const shown = createMemo(() => matchingRows(held() ?? rows(), outcome(), text()));
  const missed = () => Math.max(0, (rows()[0]?.number ?? 0) - (held()?.[0]?.number ?? 0));

  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Events" />
        <label class="flex items-center gap-2 text-sm text-fg-2">
          Environment
          <select
            class="control"
            value={environment()}
            onChange={(event) => setSearch({ environment: event.currentTarget.value })}
          >
            <For each={choices()}>
              {(key) => (
                <option value={key} selected={key === environment()}>
                  {key}
                </option>
              )}
            </For>
          </select>
        </label>
      </div>
      <p class="max-w-[85ch] text-fg-2">
        The last 200 events as they come in, accepted or rejected with the reason. Of more than 50 a second a sample is
        shown. Looking changes no count, and after a day an event is gone from here.
      </p>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <div class="flex flex-wrap items-center gap-3">
          <button
            type="button"
            class="button"
            onClick={() => setHeld((before) => (before === undefined ? rows() : undefined))}
          >
            {held() === undefined ? "Pause" : "Go on"}
          </button>
          <select
            class="control w-auto"
            aria-label="Outcome"
            onChange={(event) => setOutcome(OUTCOMES.find(({ value }) => value === event.currentTarget.value)?.value)}
          >
            <option value="">All outcomes</option>
            <For each={OUTCOMES}>{({ value, label }) => <option value={value}>{label}</option>}</For>
          </select>
          <input
            type="search"
            class="control w-[220px]"
            placeholder="Search what is shown"
            aria-label="Search what is shown"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <Connection state={state()} held={held() !== undefined} missed={missed()} arrivals={arrivals()} now={now()} />
      </div>
      <Show when={state() === "stopped"}>
        <div role="alert" class="card flex flex-wrap items-center justify-between gap-3 border-l-4 border-l-warn p-4">
          <p>The tail stopped, because nobody was here for ten minutes.</p>
          <button type="button" class="button" onClick={() => resume()}>
            Listen again
          </button>
        </div>
      </Show>
      <Show
        when={shown().length > 0}
        fallback={
          <Nothing
            isThere={isThere()}
            isFiltered={(held() ?? rows()).length > 0}
            isLive={state() === "live"}
            environment={environment()}
          />
        }
      >
        <ul class="card" aria-label="Events, newest first">
          <For each={shown()}>{(row) => <TailItem row={row} />}</For>
        </ul>
      </Show>
    </div>
  );
}

const STATE_WORD: Readonly<Record<TailState, string>> = {
  connecting: "Connecting…",
  live: "Live",
  lost: "Connection lost, trying again…",
  stopped: "Stopped",
};

const perSecond = (events: number): string => `${formatNumber(events, events > 0 && events < 10 ? 1 : 0)}/s`;

function Connection(props: {
  state: TailState;
  held: boolean;
  missed: number;
  arrivals: readonly Arrival[];
  now: number;
}): JSX.Element {
  const rate = () => rateOf(props.arrivals, props.now);
  return (
    <p class="flex flex-wrap items-center gap-x-3 text-sm text-fg-2">
      <Pill tone={props.state === "live" ? "good" : props.state === "lost" ? "warn" : "neutral"} sign="●" round>
        {props.held && props.state === "live" ? `Paused · ${props.missed} new` : STATE_WORD[props.state]}
      </Pill>
      <Show when={props.state === "live"}>
        <span>
          {perSecond(rate().accepted)} accepted · {perSecond(rate().rejected)} rejected
          <Show when={rate().isSampled}> · a sample is shown</Show>
        </span>
      </Show>
    </p>
  );
}

function Nothing(props: { isThere: boolean; isFiltered: boolean; isLive: boolean; environment: string }): JSX.Element {
  return (
    <Show
      when={props.isFiltered}
      fallback={
        <Show
          when={props.isThere}
          fallback={
            <EmptyPanel
              title={`There is no environment ${props.environment}`}
              text="The link may be old, or mistyped. Choose another environment above."
            />
          }
        >
          <EmptyPanel
            title={props.isLive ? "Nothing has come in" : "Nothing to show yet"}
            text={`Events that are sent to POST /v1/events with a key of ${props.environment} appear here within seconds.`}
          />
        </Show>
      }
    >
      <EmptyPanel title="Nothing matches" text="None of the events that are kept has this outcome and these letters." />
    </Show>
  );
}

function TailItem(props: { row: TailRow }): JSX.Element {
  // A row never changes.
  const { event } = props.row;
  const outcome = OUTCOMES.find(({ value }) => value === event.outcome);
  const units = event.units.map(([type, unit]) => `${type} ${unit}`).join(", ");
  return (
    <li class="border-line [&:not(:last-child)]:border-b">
      <details class="group">
        <summary class="grid min-h-9 grid-cols-[auto_auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1 px-4 py-1 hover:bg-panel-2 sm:grid-cols-[8px_64px_104px_minmax(0,1fr)_minmax(0,1fr)]">
          <span class="text-fg-3 group-open:rotate-90" aria-hidden="true">
            ›
          </span>
          <time class="text-sm text-fg-2" dateTime={new Date(event.received_at).toISOString()}>
            {formatClock(event.received_at)}
          </time>
          <span>
            <Pill tone={outcome?.tone ?? "neutral"} sign={outcome?.sign ?? ""}>
              {outcome?.label}
            </Pill>
          </span>
          <span class="col-span-3 min-w-0 truncate sm:col-span-1">
            <Show when={event.type !== ""}>
              <span class="text-fg-2">{event.type}</span>{" "}
            </Show>
            <span class="font-medium">{event.subject || "unreadable"}</span>
          </span>
          <span
            class="col-span-3 min-w-0 truncate text-sm sm:col-span-1"
            classList={{ "text-bad": event.message !== undefined, "text-fg-2": event.message === undefined }}
          >
            {event.message ?? units}
          </span>
        </summary>
        <dl class="grid gap-x-4 gap-y-1 px-4 py-2 text-sm sm:grid-cols-[120px_minmax(0,1fr)]">
          <Show when={event.message}>
            <Fact name="Reason">
              <code class="font-mono">{event.code}</code> {event.message}
            </Fact>
          </Show>
          <Fact name="Event id">
            <code class="font-mono">{event.event_id || "none"}</code>
          </Fact>
          <Fact name="Batch">
            <code class="font-mono">{event.batch_id}</code>
          </Fact>
          <Show when={units !== ""}>
            <Fact name="Units">
              <code class="font-mono">{units}</code>
            </Fact>
          </Show>
          <Show when={event.text !== ""}>
            <Fact name="As received">
              <pre class="font-mono text-xs whitespace-pre-wrap">{spacedOut(event.text)}</pre>
            </Fact>
          </Show>
        </dl>
      </details>
    </li>
  );
}

function Fact(props: { name: string; children: JSX.Element }): JSX.Element {
  return (
    <>
      <dt class="text-fg-2">{props.name}</dt>
      <dd class="min-w-0 break-all">{props.children}</dd>
    </>
  );
}
