import { For, Index, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { EDGE_TONE, TEXT_TONE } from "../parts/tone.ts";
import { unitReminder } from "../experiments/unit-words.ts";
import { Link, useLocation } from "../router.ts";
import { trustChecks } from "./trust.ts";
import { emphasise, VERDICT_TONE } from "./verdict.ts";

/** What the numbers come to, in plain words, and whether they can be trusted. */
export function VerdictCard(props: {
  results: Results;
  now: number;
  unit: string;
  /** Newer numbers could not be had. */
  cutOff: boolean;
  /** Nobody new comes in any more. */
  over: boolean;
}): JSX.Element {
  const location = useLocation();
  const health = () => `/experiments/${props.results.experiment_key}/health${location.search}`;
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
      <p class="mt-2 max-w-[85ch]">
        <span class="font-semibold">Next:</span> {verdict().next_step}
      </p>
      <p class="mt-1 max-w-[85ch] text-sm text-fg-2">
        <span class="font-medium">Rule fixed before the start:</span> {verdict().rule}
      </p>
      <ul aria-label="Can these numbers be trusted?" class="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <Index each={trustChecks(props.results, props.now, { cutOff: props.cutOff, over: props.over })}>
          {(check) => (
            <li>
              <Link href={health()} class="inline-flex min-h-6 items-center gap-1 rounded-[4px] hover:underline">
                <span class={`font-semibold ${TEXT_TONE[check().tone]}`} aria-hidden="true">
                  {check().sign}
                </span>
                {check().text}
              </Link>
            </li>
          )}
        </Index>
      </ul>
    </section>
  );
}
