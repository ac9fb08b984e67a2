import { For, Index, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { EDGE_TONE, TEXT_TONE } from "../parts/tone.ts";
import { unitReminder } from "../experiments/unit-words.ts";
import { trustChecks } from "./trust.ts";
import { emphasise, VERDICT_TONE } from "./verdict.ts";

/** What the numbers come to, in plain words, and whether they can be trusted. */
export function VerdictCard(props: {
  results: Results;
  now: number;
  unit: string;
  /** Newer numbers could not be had. */
  cutOff: boolean;
}): JSX.Element {
  const verdict = () => props.results.verdict;
  return (
    <section
      aria-labelledby="verdict"
      class={`card border-l-4 px-5 py-4 ${EDGE_TONE[VERDICT_TONE[verdict().code]]}`}
      data-verdict={verdict().code}
    >
      <h2 id="verdict" class="text-lg font-semibold">
        {verdict().title}
      </h2>
      <p class="mt-1 max-w-[85ch] text-fg-2">
        <For each={emphasise(verdict().detail)}>
          {(part) => (
            <Show when={part.strong} fallback={part.text}>
              <strong class="font-semibold whitespace-nowrap text-fg">{part.text}</strong>
            </Show>
          )}
        </For>
      </p>
      <Show when={verdict().reasons.length > 0}>
        <ul class="mt-1 max-w-[85ch] list-disc pl-4 text-fg-2">
          <For each={verdict().reasons}>{(reason) => <li>{reason}</li>}</For>
        </ul>
      </Show>
      <Show when={verdict().code === "no_data"}>
        <p class="mt-1 text-fg-2">{unitReminder(props.unit)}</p>
      </Show>
      <ul aria-label="Can these numbers be trusted?" class="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Index each={trustChecks(props.results, props.now, props.cutOff)}>
          {(check) => (
            <li class="flex items-baseline gap-1">
              <span class={`font-semibold ${TEXT_TONE[check().tone]}`} aria-hidden="true">
                {check().sign}
              </span>
              {check().text}
            </li>
          )}
        </Index>
      </ul>
    </section>
  );
}
