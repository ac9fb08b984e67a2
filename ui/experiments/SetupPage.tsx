import { For, Show, type JSX } from "solid-js";
import { BucketBar } from "../charts/BucketBar.tsx";
import { Mark } from "../charts/Mark.tsx";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { formatCount, formatPercent } from "../format/number.ts";
import { formatDateTime } from "../format/time.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { PageTitle } from "../parts/PageHeading.tsx";
import { prerequisiteWords } from "../flags/flag-words.ts";
import {
  CORRECTION_WORD,
  correctionOf,
  guardrailWords,
  METHOD_SENTENCE,
  METHOD_WORD,
  methodFacts,
} from "./analysis-words.ts";
import { useExperiment } from "./experiment-context.ts";
import { ruleWords } from "./targeting-words.ts";
import { dividedWords } from "./unit-words.ts";

function Fact(props: { name: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="grid gap-x-4 py-2 sm:grid-cols-[180px_minmax(0,1fr)]">
      <dt class="text-fg-2">{props.name}</dt>
      <dd class="min-w-0 break-words">{props.children}</dd>
    </div>
  );
}

function Section(props: { title: string; children: JSX.Element }): JSX.Element {
  return (
    <section class="card min-w-0 p-4">
      <h2 class="mb-2 text-lg font-semibold">{props.title}</h2>
      {props.children}
    </section>
  );
}

const metricWords = (keys: readonly string[]): string => (keys.length === 0 ? "none" : keys.join(", "));

const instant = (at: string | null): string => (at === null ? "not yet" : formatDateTime(Date.parse(at)));

/** Everything that is stored of an experiment. */
export default function SetupPage(): JSX.Element {
  const experiment = useExperiment();
  const share = () => formatPercent(experiment().traffic, Number.isInteger(experiment().traffic * 100) ? 0 : 2);
  const ranges = () => experiment().slots.map((slot) => ({ ...slot, label: experiment().name, own: true }));
  const slotWords = () =>
    experiment()
      .slots.map((slot) => `${slot.range_start}–${slot.range_end}`)
      .join(", ");
  return (
    <div class="grid gap-4">
      <PageTitle title={`${experiment().name}: setup`} />
      <Section title="Variants">
        <div class="relative overflow-x-auto" tabindex="0" role="region" aria-label="Variants, table">
          <table class="w-full min-w-[480px]">
            <caption class="sr-only">Variants and their weights</caption>
            <thead class="text-sm text-fg-2">
              <tr>
                <th scope="col" class="border-b border-line py-1 pr-4">
                  Variant
                </th>
                <th scope="col" class="border-b border-line py-1 pr-4 text-right">
                  Weight
                </th>
                <th scope="col" class="border-b border-line py-1">
                  Payload
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={controlFirst(experiment().variants)}>
                {(variant, index) => (
                  <tr class="align-top">
                    <th scope="row" class="border-b border-line py-2 pr-4 font-normal">
                      <span class="flex items-center gap-2">
                        <Mark mark={variantMark(index())} />
                        <span class="font-semibold">{variant.name}</span>
                        <Show when={variant.is_control}>
                          <span class="text-sm text-fg-2">control</span>
                        </Show>
                      </span>
                      <code class="ml-5 font-mono text-xs text-fg-3">{variant.key}</code>
                    </th>
                    <td class="border-b border-line py-2 pr-4 text-right">
                      {formatPercent(variant.weight_bp / 10_000, variant.weight_bp % 100 === 0 ? 0 : 2)}
                    </td>
                    <td class="border-b border-line py-2">
                      <Show when={variant.config !== null} fallback={<span class="text-fg-3">none</span>}>
                        <pre class="font-mono text-xs break-all whitespace-pre-wrap">
                          {JSON.stringify(variant.config, null, 2)}
                        </pre>
                      </Show>
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Section>
      <Section title="Traffic">
        <dl class="divide-y divide-line">
          <Show when={experiment().url}>{(url) => <Fact name="Page">{url()}</Fact>}</Show>
          <Fact name="Layer">
            <code class="font-mono break-all">{experiment().layer.key}</code>
          </Fact>
          <Fact name="Buckets">
            <div class="grid gap-1 pt-px">
              <BucketBar
                ranges={ranges()}
                summary={`${share()} of the layer: buckets ${slotWords()} of 0 to ${formatCount(9999)}.`}
              />
              <span class="text-sm text-fg-2">
                {share()} of the layer · {slotWords()}
              </span>
            </div>
          </Fact>
          <Fact name="Who">
            <Show when={experiment().targeting.rules.length > 0} fallback="Everyone">
              <ul class="grid gap-1">
                <For each={experiment().targeting.rules}>
                  {(rule, index) => (
                    <li>
                      <Show when={index() > 0}>
                        <span class="text-fg-3">or </span>
                      </Show>
                      {ruleWords(rule)}
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </Fact>
          <Show when={experiment().prerequisites.length > 0}>
            <Fact name="Prerequisites">{experiment().prerequisites.map(prerequisiteWords).join(" and ")}</Fact>
          </Show>
          <Fact name="Counted by">{dividedWords(experiment())}</Fact>
          <Show when={experiment().member_type}>{(type) => <Fact name="Weighed by">its number of {type()}</Fact>}</Show>
          <Show when={experiment().sticky}>
            <Fact name="Sticky">Units that say which variant they have had keep it.</Fact>
          </Show>
          <Show when={experiment().server_only}>
            <Fact name="Server only">Client keys are told nothing of it.</Fact>
          </Show>
          <Fact name="Environments">{experiment().environments.join(", ")}</Fact>
          <Fact name="Salt">
            <span class="flex flex-wrap items-center gap-2">
              <code class="font-mono text-sm break-all">{experiment().salt}</code>
              <CopyButton text={experiment().salt} label="the salt" />
            </span>
          </Fact>
        </dl>
      </Section>
      <Section title="Metrics">
        <dl class="divide-y divide-line">
          <Fact name="Primary">{experiment().primary_metric ?? "none"}</Fact>
          <Fact name="Secondary">{metricWords(experiment().secondary_metrics)}</Fact>
          <Fact name="Guardrails">
            {metricWords(experiment().guardrail_metrics.map((key) => guardrailWords(experiment(), key)))}
          </Fact>
          <Show when={experiment().dimensions.length > 0}>
            <Fact name="Split by">{experiment().dimensions.join(", ")}</Fact>
          </Show>
          <Show when={experiment().watch.length > 0}>
            <Fact name="Watched with">{experiment().watch.join(", ")}</Fact>
          </Show>
          <Fact name="Smallest change worth finding">
            <Show when={experiment().min_detectable_effect} fallback="not set">
              {(effect) => `${formatPercent(effect(), 1)} relative`}
            </Show>
          </Fact>
          <Fact name="Significance, power">
            {experiment().significance_level}, {experiment().power}
          </Fact>
        </dl>
      </Section>
      <Section title="How it is read">
        <dl class="divide-y divide-line">
          <Fact name="Method">
            {METHOD_WORD[experiment().analysis.method]}
            <span class="block text-sm text-fg-2">{METHOD_SENTENCE[experiment().analysis.method]}</span>
          </Fact>
          <For each={methodFacts(experiment().analysis)}>{([name, value]) => <Fact name={name}>{value}</Fact>}</For>
          <Fact name="Correction">{CORRECTION_WORD[correctionOf(experiment().analysis)]}</Fact>
          <Fact name="CUPED">{experiment().analysis.cuped ? "on, where the past is known" : "off"}</Fact>
          <Fact name="Shortest length">{experiment().analysis.min_days} days</Fact>
        </dl>
      </Section>
      <Section title="History">
        <dl class="divide-y divide-line">
          <Fact name="Planned length">{experiment().estimated_duration_days} days</Fact>
          <Show when={experiment().starts_at}>{(at) => <Fact name="Nobody before">{instant(at())}</Fact>}</Show>
          <Show when={experiment().ends_at}>{(at) => <Fact name="Nobody from">{instant(at())}</Fact>}</Show>
          <Fact name="Phase">{experiment().phase}</Fact>
          <Fact name="Owner">{experiment().owner === "" ? "nobody" : experiment().owner}</Fact>
          <Fact name="Created">{instant(experiment().created_at)}</Fact>
          <Fact name="Started">{instant(experiment().started_at)}</Fact>
          <Fact name="Ended">{instant(experiment().ended_at)}</Fact>
          <Fact name="Last changed">
            {instant(experiment().updated_at)} (revision {experiment().revision})
          </Fact>
          <Fact name="Id">
            <code class="font-mono text-sm break-all">{experiment().id}</code>
          </Fact>
        </dl>
      </Section>
    </div>
  );
}
