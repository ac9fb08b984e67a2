import { Show, type JSX } from "solid-js";
import { Pill } from "../parts/Pill.tsx";
import type { Reading } from "./reading.ts";

/** The word at the end of a row; nothing of the kind while the split is broken. */
export function ReadingPill(props: { reading: Reading; withheld: boolean }): JSX.Element {
  return (
    <Show
      when={!props.withheld}
      fallback={
        <Pill tone="neutral" sign="✕">
          Withheld
        </Pill>
      }
    >
      <span class="inline-grid justify-items-start gap-px">
        <Pill tone={props.reading.tone} sign={props.reading.sign}>
          {props.reading.word}
        </Pill>
        <Show when={props.reading.why}>{(why) => <span class="text-xs text-fg-3">{why()}</span>}</Show>
      </span>
    </Show>
  );
}
