import { useQuery } from "@tanstack/solid-query";
import { Show, type Accessor, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { resultsQuery } from "../api/queries.ts";
import { createClock } from "../clock.ts";
import { createEnvironment, EnvironmentChoice } from "../experiments/EnvironmentChoice.tsx";
import { useExperiment } from "../experiments/experiment-context.ts";
import { formatAgo, formatClock } from "../format/time.ts";
import { createOnline } from "../online.ts";
import { dataOr } from "../parts/data-or.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageTitle } from "../parts/PageHeading.tsx";
import { Link } from "../router.ts";

/** What a tab that reads the results knows of their state. */
export interface ResultsState {
  readonly now: number;
  /** Newer numbers could not be had. */
  readonly cutOff: boolean;
  /** Nobody new comes in any more. */
  readonly over: boolean;
}

interface TabProps {
  /** Completes "<experiment>: …" in the tab's title. */
  title: string;
  /** Completes "… could not be loaded." */
  what: string;
  skeleton: readonly number[];
  /** One of the experiment's dimensions, to be read too. */
  dimension?: string | undefined;
  children: (results: Accessor<Results>, state: Accessor<ResultsState>) => JSX.Element;
}

/** A tab of an experiment that reads its results: what to say before there are any, their environment and their age. */
export function ResultsTab(props: TabProps): JSX.Element {
  const experiment = useExperiment();
  return (
    <>
      <PageTitle title={`${experiment().name}: ${props.title}`} />
      <Show
        when={experiment().status !== "draft"}
        fallback={
          <EmptyPanel
            title="Not started yet"
            text="Results appear here within seconds of the first exposure. Look over the setup, then start the experiment with the button above."
          >
            <Link class="button" href={`/experiments/${experiment().key}/setup`}>
              Look over the setup
            </Link>
          </EmptyPanel>
        }
      >
        <LiveResults {...props} />
      </Show>
    </>
  );
}

function LiveResults(props: TabProps): JSX.Element {
  const experiment = useExperiment();
  const now = createClock(1000);
  const environment = createEnvironment();
  const live = () => experiment().status === "running" || experiment().status === "paused";
  const isPastEnd = () => {
    const { ends_at } = experiment();
    return ends_at !== null && Date.parse(ends_at) <= now();
  };
  const results = useQuery(() => resultsQuery(experiment().key, environment(), live(), props.dimension));
  const online = createOnline();
  const cutOff = () => !online() || results.isError || results.failureCount > 0;
  return (
    <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3 text-sm text-fg-2">
        <EnvironmentChoice environment={environment()} />
        {/* As wide without the text as with it, so that nothing moves when it comes. */}
        <div class="flex w-full items-center justify-between gap-3 sm:w-auto">
          <p class="sm:min-w-[300px] sm:text-right">
            <Show when={dataOr<Results | undefined>(results, undefined)}>
              {(data) => (
                <>
                  As of {formatClock(Date.parse(data().as_of))},{" "}
                  {formatAgo(Math.max(0, now() - Date.parse(data().as_of)))}
                  <Show when={cutOff()} fallback={<Show when={live()}> · every 10 s</Show>}>
                    {" "}
                    · <span class="font-semibold text-warn">not refreshed</span>
                  </Show>
                </>
              )}
            </Show>
          </p>
          <button type="button" class="button" onClick={() => void results.refetch()}>
            Refresh
          </button>
        </div>
      </div>
      <Loaded query={results} what={props.what} skeleton={props.skeleton}>
        {(data) => props.children(data, () => ({ now: now(), cutOff: cutOff(), over: !live() || isPastEnd() }))}
      </Loaded>
    </div>
  );
}
