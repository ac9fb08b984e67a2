import type { JSX } from "solid-js";
import { useExperiment } from "../experiments/experiment-context.ts";
import { formatCount } from "../format/number.ts";
import { CumulativeExposures } from "./CumulativeExposures.tsx";
import { DesignTables } from "./DesignTables.tsx";
import { LiftOverTime } from "./LiftOverTime.tsx";
import { ProgressLine } from "./ProgressLine.tsx";
import { ResultsTab } from "./ResultsTab.tsx";
import { Scorecard } from "./Scorecard.tsx";
import { TrendCard } from "./TrendCard.tsx";
import { VerdictCard } from "./VerdictCard.tsx";

/** What an experiment has found so far, the answer first. */
export default function ResultsPage(): JSX.Element {
  const experiment = useExperiment();
  return (
    <ResultsTab title="results" what="The results" skeleton={[200, 60, 380, 320]}>
      {(results, state) => (
        <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
          <p role="status" class="sr-only">
            Results: {formatCount(results().variants.reduce((sum, variant) => sum + variant.exposures, 0))} users
          </p>
          <VerdictCard
            results={results()}
            now={state().now}
            unit={experiment().unit_type}
            cutOff={state().cutOff}
            over={state().over}
          />
          <ProgressLine results={results()} over={state().over} />
          <Scorecard results={results()} over={state().over} />
          <DesignTables results={results()} />
          <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[repeat(2,minmax(0,1fr))]">
            <LiftOverTime results={results()} over={state().over} />
            <CumulativeExposures results={results()} />
            <TrendCard results={results()} />
          </div>
        </div>
      )}
    </ResultsTab>
  );
}
