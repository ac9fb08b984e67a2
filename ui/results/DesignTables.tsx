import { Show, type JSX } from "solid-js";
import type { DesignResults, Results } from "../../contract/results.ts";
import { formatCount, formatNumber, formatPValue } from "../format/number.ts";
import { PlainTable } from "../parts/PlainTable.tsx";
import { LOOK_HEADS, lookRows } from "./looks.ts";
import { differenceFormat } from "./metric-units.ts";
import { preferenceWords } from "./preference.ts";
import { scorecardMode } from "./verdict.ts";

function Panel(props: { title: string; children: JSX.Element }): JSX.Element {
  return (
    <section class="card grid min-w-0 gap-2 p-4" aria-label={props.title}>
      <h2 class="font-semibold">{props.title}</h2>
      {props.children}
    </section>
  );
}

/** What only some plans and designs have: looks, effects of factors, preferences between rankings, clusters, blocks of time. */
export function DesignTables(props: { results: Results }): JSX.Element {
  const designs = () => props.results.designs;
  const primary = () => props.results.metrics.find((metric) => metric.role === "primary");
  const looks = () => lookRows(props.results);
  return (
    <Show when={scorecardMode(props.results.verdict.code) === "full"}>
      <Show when={looks().length > 0}>
        <Panel title={`Planned looks, ${primary()?.name ?? ""}`}>
          <PlainTable caption="Looks that were taken" heads={LOOK_HEADS} rows={looks()} words={3} />
        </Panel>
      </Show>
      <Show when={primary() === undefined ? undefined : designs().factorial}>
        {(effects) => (
          <Panel title={`Effects of the factors, ${primary()?.name ?? ""}`}>
            <Factorial effects={effects()} metric={primary()} />
          </Panel>
        )}
      </Show>
      <Show when={designs().interleaving}>
        {(preferences) => (
          <Panel title="Preference between the two rankings">
            <Interleaving preferences={preferences()} results={props.results} />
          </Panel>
        )}
      </Show>
      <Show when={designs().cluster}>
        {(cluster) => (
          <Panel title="Clusters">
            <p>
              {formatCount(cluster().clusters)} clusters, at least {formatCount(cluster().fewest_in_a_variant)} in every
              variant.{" "}
              <Show when={cluster().design_effect}>
                {(effect) =>
                  `Units of one cluster are alike: a sample of them is worth 1/${formatNumber(effect(), 1)} of as many independent ones.`
                }
              </Show>
            </p>
          </Panel>
        )}
      </Show>
      <Show when={designs().switchback}>
        {(blocks) => (
          <Panel title="Blocks of time">
            <p>
              {formatCount(blocks().blocks)} blocks of time are compared; {formatCount(blocks().needed)} are needed for
              a reliable interval.
            </p>
          </Panel>
        )}
      </Show>
    </Show>
  );
}

function Factorial(props: {
  effects: NonNullable<DesignResults["factorial"]>;
  metric: Results["metrics"][number] | undefined;
}): JSX.Element {
  const written = () =>
    differenceFormat(
      props.metric ?? { type: "sum", variants: [] },
      props.effects.flatMap(({ effect, ci_low, ci_high }) => [effect, ci_low, ci_high]),
    );
  return (
    <PlainTable
      caption="Effect of each factor and of factors together"
      heads={["Effect", "Change", "Interval", "p", "p, Holm"]}
      rows={props.effects.map(({ name, effect, ci_low, ci_high, p_value, adjusted_p_value }) => [
        name,
        `${written().number(effect)}${written().suffix}`,
        `${written().number(ci_low)} to ${written().number(ci_high)}${written().suffix}`,
        formatPValue(p_value),
        formatPValue(adjusted_p_value),
      ])}
    />
  );
}

function Interleaving(props: {
  preferences: NonNullable<DesignResults["interleaving"]>;
  results: Results;
}): JSX.Element {
  const names = () => props.results.variants.map(({ name }) => name);
  const nameOf = (key: string) => props.results.metrics.find((metric) => metric.key === key)?.name ?? key;
  return (
    <PlainTable
      caption="Users who preferred each ranking"
      heads={[
        "Metric",
        `For ${names()[0] ?? "the first"}`,
        `For ${names()[1] ?? "the second"}`,
        "Ties",
        "Preference",
        "p",
      ]}
      rows={props.preferences.map((one) => [
        nameOf(one.metric_key),
        formatCount(one.wins_first),
        formatCount(one.wins_second),
        formatCount(one.ties),
        preferenceWords(one, names()),
        one.p_value === null ? "–" : formatPValue(one.p_value),
      ])}
    />
  );
}
