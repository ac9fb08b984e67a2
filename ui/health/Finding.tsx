import type { JSX } from "solid-js";
import { TEXT_TONE, type Tone } from "../parts/tone.ts";

/** A sentence with the sign of whether it is well; without one while it cannot be told. */
export function Finding(props: { ok: boolean | undefined; children: JSX.Element }): JSX.Element {
  const tone = (): Tone => (props.ok === undefined ? "neutral" : props.ok ? "good" : "bad");
  const sign = () => (props.ok === undefined ? "…" : props.ok ? "✓" : "✕");
  return (
    <p class="flex max-w-[85ch] gap-2">
      <span class={`font-semibold ${TEXT_TONE[tone()]}`} aria-hidden="true">
        {sign()}
      </span>
      <span class="min-w-0">{props.children}</span>
    </p>
  );
}

export function Panel(props: { title: string; children: JSX.Element }): JSX.Element {
  return (
    <section class="card grid grid-cols-[minmax(0,1fr)] gap-2 p-4" aria-label={props.title}>
      <h2 class="text-lg font-semibold">{props.title}</h2>
      {props.children}
    </section>
  );
}
