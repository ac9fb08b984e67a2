import { For, Show, type JSX } from "solid-js";
import type { Interaction, Results } from "../../contract/results.ts";
import { formatCount, formatPercent, formatPValue } from "../format/number.ts";
import { PlainTable } from "../parts/PlainTable.tsx";
import { differenceFormat } from "../results/metric-units.ts";
import { Link } from "../router.ts";
import { Finding, Panel } from "./Finding.tsx";

/** Below this the two experiments do not assign independently. */
const BROKEN = 0.001;

/** Where this experiment meets others that are watched. */
export function Interactions(props: { results: Results }): JSX.Element {
  return (
    <Show when={props.results.interactions.length > 0}>
      <Panel title="Other experiments">
        <For each={props.results.interactions}>
          {(interaction) => <Meeting interaction={interaction} results={props.results} />}
        </For>
      </Panel>
    </Show>
  );
}

function Meeting(props: { interaction: Interaction; results: Results }): JSX.Element {
  const contrasts = () => props.interaction.contrasts;
  const broken = () => (props.interaction.assignment_p_value ?? 1) < BROKEN;
  const strong = () =>
    contrasts().some(({ adjusted_p_value }) => (adjusted_p_value ?? 1) < props.results.significance_level);
  const written = () =>
    differenceFormat(
      props.results.metrics.find((metric) => metric.role === "primary") ?? { type: "sum", variants: [] },
      contrasts().flatMap(({ contrast, ci_low, ci_high }) => [contrast ?? 0, ci_low ?? 0, ci_high ?? 0]),
    );
  const variantName = (key: string) => props.results.variants.find((variant) => variant.key === key)?.name ?? key;
  return (
    <div class="grid grid-cols-[minmax(0,1fr)] gap-2 border-t border-line pt-2 first-of-type:border-t-0 first-of-type:pt-0">
      <h3 class="font-medium">
        <Link class="link" href={`/experiments/${props.interaction.experiment_key}/results`}>
          {props.interaction.experiment_key}
        </Link>
      </h3>
      <Finding ok={contrasts().length === 0 && !broken() ? undefined : !broken() && !strong()}>
        <Show when={broken()}>
          The two do not assign independently ({formatPValue(props.interaction.assignment_p_value ?? 0)}): one of them
          is broken.{" "}
        </Show>
        {formatCount(props.interaction.units)} users are in both
        <Show when={props.interaction.jaccard !== null}>
          , {formatPercent(props.interaction.jaccard ?? 0, 1)} of those in either
        </Show>
        .{" "}
        {strong()
          ? "The effect is another one together with it."
          : contrasts().length === 0
            ? "Too few to compare."
            : "No sign that they change each other’s effect."}
      </Finding>
      <Show when={contrasts().length > 0}>
        <PlainTable
          caption={`Effect together with ${props.interaction.experiment_key}`}
          heads={["Variant", "With", "Beyond the two effects", "Interval", "p", "p, Bonferroni"]}
          words={2}
          rows={contrasts().map((one) => [
            variantName(one.key),
            one.other_key,
            one.contrast === null ? "–" : `${written().number(one.contrast)}${written().suffix}`,
            one.ci_low === null || one.ci_high === null
              ? "–"
              : `${written().number(one.ci_low)} to ${written().number(one.ci_high)}${written().suffix}`,
            one.p_value === null ? "–" : formatPValue(one.p_value),
            one.adjusted_p_value === null ? "–" : formatPValue(one.adjusted_p_value),
          ])}
        />
      </Show>
    </div>
  );
}
