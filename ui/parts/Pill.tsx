import { Show, type JSX } from "solid-js";
import { PILL_TONE, type Tone } from "./tone.ts";

/** A word with a tone; `sign` says the same without colour. */
export function Pill(props: { tone: Tone; sign?: string; round?: boolean; children: JSX.Element }) {
  return (
    <span
      class={`inline-flex min-h-6 items-center gap-1 px-2 text-sm font-medium ${props.round === true ? "rounded-[12px]" : "rounded-[4px]"} ${PILL_TONE[props.tone]}`}
    >
      <Show when={props.sign}>
        <span aria-hidden="true">{props.sign}</span>
      </Show>
      {props.children}
    </span>
  );
}
