import { useQuery } from "@tanstack/solid-query";
import { Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { resultsQuery } from "../api/queries.ts";
import { createClock } from "../clock.ts";
import { createEnvironment, EnvironmentChoice } from "../experiments/EnvironmentChoice.tsx";
import { useExperiment } from "../experiments/experiment-context.ts";
import { formatClock, formatAgo } from "../format/time.ts";
import { formatCount } from "../format/number.ts";
import { createOnline } from "../online.ts";
import { dataOr } from "../parts/data-or.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageTitle } from "../parts/PageHeading.tsx";
import { Link } from "../router.ts";
import { CumulativeExposures } from "./CumulativeExposures.tsx";
import { LiftOverTime } from "./LiftOverTime.tsx";
import { Scorecard } from "./Scorecard.tsx";
import { VerdictCard } from "./VerdictCard.tsx";

export default function ResultsPage(): JSX.Element {
  const experiment = useExperiment();
  return (
    <>
      <PageTitle title={`${experiment().name}: results`} />
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
        <LiveResults />
      </Show>
    </>
  );
}

function LiveResults(): JSX.Element {
  const experiment = useExperiment();
  const now = createClock(1000);
  const environment = createEnvironment();
  const live = () => experiment().status === "running" || experiment().status === "paused";
  const results = useQuery(() => resultsQuery(experiment().key, environment(), live()));
  const online = createOnline();
  const cutOff = () => !online() || results.isError || results.failureCount > 0;
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3 text-sm text-fg-2">
        <EnvironmentChoice environment={environment()} />
        <div class="flex items-center gap-3">
          <Show when={dataOr<Results | undefined>(results, undefined)}>
            {(data) => (
              <p>
                As of {formatClock(Date.parse(data().as_of))},{" "}
                {formatAgo(Math.max(0, now() - Date.parse(data().as_of)))}
                <Show when={cutOff()} fallback={<Show when={live()}> · every 10 s</Show>}>
                  {" "}
                  · <span class="font-semibold text-warn">not refreshed</span>
                </Show>
              </p>
            )}
          </Show>
          <button type="button" class="button" onClick={() => void results.refetch()}>
            Refresh
          </button>
        </div>
      </div>
      <Loaded query={results} what="The results" skeleton={[136, 380, 320]}>
        {(data) => (
          <div class="grid gap-4">
            <p role="status" class="sr-only">
              Results: {formatCount(data().variants.reduce((sum, variant) => sum + variant.exposures, 0))} users
            </p>
            <VerdictCard results={data()} now={now()} unit={experiment().unit_type} cutOff={cutOff()} />
            <Scorecard results={data()} over={!live()} />
            <div class="grid items-start gap-4 lg:grid-cols-2">
              <LiftOverTime results={data()} over={!live()} />
              <CumulativeExposures results={data()} />
            </div>
          </div>
        )}
      </Loaded>
    </div>
  );
}
