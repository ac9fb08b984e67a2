import { Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { Mark } from "../charts/Mark.tsx";
import { formatCount, formatNumber, formatPercent, formatPValue } from "../format/number.ts";
import { formatDay } from "../format/time.ts";
import { PlainTable } from "../parts/PlainTable.tsx";
import { valueWords } from "../results/dimension-value.ts";
import { ResultsTab } from "../results/ResultsTab.tsx";
import { Finding, Panel } from "./Finding.tsx";
import { Interactions } from "./Interactions.tsx";

/** Whether the numbers can be believed at all. */
export default function HealthPage(): JSX.Element {
  return (
    <ResultsTab title="health" what="The checks" skeleton={[240, 100, 100]}>
      {(results) => (
        <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
          <Split results={results()} />
          <Crossovers health={results().health} />
          <DataDays health={results().health} />
          <PrePeriod results={results()} />
          <Interference health={results().health} />
          <Interactions results={results()} />
        </div>
      )}
    </ResultsTab>
  );
}

const p = (value: number | null): string => (value === null ? "–" : formatPValue(value));

function Split(props: { results: Results }): JSX.Element {
  const srm = () => props.results.health.srm;
  const variants = () => controlFirst(props.results.variants);
  const total = () => variants().reduce((sum, { exposures }) => sum + exposures, 0);
  const tested = () => srm().sequential_p_value ?? srm().p_value;
  return (
    <Panel title="Split">
      <Finding ok={tested() === null ? undefined : srm().ok}>
        <Show when={tested() !== null} fallback="Nobody was exposed yet, so there is nothing to test.">
          {srm().ok
            ? "The variants have the shares of users that were planned."
            : "The variants do not have the shares of users that were planned: no result can be trusted."}
        </Show>
      </Finding>
      <PlainTable
        caption="Expected and observed users"
        heads={["Variant", "Planned", "Expected", "Observed", "Difference"]}
        rows={variants().map((variant, index) => {
          const expected = total() * variant.expected_share;
          const off = variant.exposures - expected;
          return [
            <span class="flex items-center gap-2">
              <Mark mark={variantMark(index)} />
              <span class="min-w-0 break-words">{variant.name}</span>
            </span>,
            formatPercent(variant.expected_share, 1),
            formatNumber(expected, 0),
            formatCount(variant.exposures),
            `${off > 0 && Math.round(off) !== 0 ? "+" : ""}${formatNumber(off, 0)}`,
          ];
        })}
      />
      <p class="text-sm text-fg-2">
        Sequential test, which holds however often one looks, and decides below 0.001: {p(srm().sequential_p_value)}.
        All users at once: {p(srm().p_value)}
        <Show when={srm().chi_squared !== null}>
          {" "}
          (χ² = {formatNumber(srm().chi_squared ?? 0, 2)}, {srm().degrees_of_freedom} df)
        </Show>
        .
      </p>
      <Show when={srm().phases.length > 0}>
        <h3 class="mt-2 text-sm font-semibold">By phase</h3>
        <PlainTable
          caption="The split in each phase"
          heads={["Phase", "χ²", "df", "p"]}
          rows={srm().phases.map((phase) => [
            String(phase.phase),
            phase.chi_squared === null ? "–" : formatNumber(phase.chi_squared, 2),
            String(phase.degrees_of_freedom),
            p(phase.p_value),
          ])}
        />
      </Show>
      <Show when={srm().culprits.length > 0}>
        <h3 class="mt-2 text-sm font-semibold">Where it is off</h3>
        <PlainTable
          caption="Values of dimensions whose split is off, worst first"
          heads={["Dimension", "Value", "Users", "p, Holm"]}
          words={2}
          rows={srm().culprits.map(({ dimension, value, units, p_value }) => [
            dimension,
            valueWords(value),
            formatCount(units),
            p(p_value),
          ])}
        />
      </Show>
    </Panel>
  );
}

function Crossovers(props: { health: Results["health"] }): JSX.Element {
  const crossovers = () => props.health.crossovers;
  return (
    <Panel title="Crossovers">
      <Finding ok={crossovers().ok}>
        {formatCount(crossovers().units)} {crossovers().units === 1 ? "user" : "users"} (
        {formatPercent(crossovers().share, 2)}) saw more than one variant and are left out. Up to 1 % is normal.
      </Finding>
    </Panel>
  );
}

function DataDays(props: { health: Results["health"] }): JSX.Element {
  const data = () => props.health.data;
  return (
    <Panel title="Data">
      <Show
        when={data().first_day !== null && data().last_day !== null}
        fallback={<Finding ok={undefined}>Nobody was exposed yet.</Finding>}
      >
        <Finding ok={!data().stale}>
          New users from {formatDay(data().first_day ?? "")} to {formatDay(data().last_day ?? "")}.
          {data().stale ? " Nobody new came for two days although it runs: does the page still ask?" : ""}
        </Finding>
      </Show>
    </Panel>
  );
}

function PrePeriod(props: { results: Results }): JSX.Element {
  const tests = () => props.results.health.pre_period;
  const metricName = (key: string) => props.results.metrics.find((metric) => metric.key === key)?.name ?? key;
  const variantName = (key: string) => props.results.variants.find((variant) => variant.key === key)?.name ?? key;
  return (
    <Panel title="Pre-period">
      <Show
        when={tests().length > 0}
        fallback={
          <Finding ok={undefined}>
            Nothing is known of what users did before they were exposed, so this cannot be checked.
          </Finding>
        }
      >
        <Finding ok={tests().every(({ ok }) => ok)}>
          {tests().every(({ ok }) => ok)
            ? "Before they were exposed, the variants’ users were alike."
            : "The variants’ users differed before they were exposed: that difference may be in the results too."}
        </Finding>
        <PlainTable
          caption="Differences before anyone was exposed"
          heads={["Metric", "Variant", "Before", "p, Holm"]}
          words={3}
          rows={tests().map((test) => [
            metricName(test.metric_key),
            variantName(test.variant_key),
            test.ok ? "✓ alike" : "! differs",
            p(test.p_value),
          ])}
        />
      </Show>
    </Panel>
  );
}

function Interference(props: { health: Results["health"] }): JSX.Element {
  return (
    <Show when={props.health.interference}>
      {(found) => (
        <Panel title="Interference">
          <Finding ok={found().ok}>
            {found().ok
              ? "The control does not move with the share of treated users"
              : "The control moves with the share of treated users: users seem to influence one another"}{" "}
            ({p(found().p_value)}).
          </Finding>
        </Panel>
      )}
    </Show>
  );
}
