import type { JSX } from "solid-js";

/** What this is, in one sentence, and the one thing to do about its being empty. */
export function EmptyPanel(props: { title: string; text: string; children?: JSX.Element }): JSX.Element {
  return (
    <div class="card grid justify-items-center gap-3 px-4 py-12 text-center">
      <p class="text-lg font-semibold">{props.title}</p>
      <p class="max-w-[60ch] text-fg-2">{props.text}</p>
      {props.children}
    </div>
  );
}
