import { createSignal, For, onCleanup, Show, type JSX } from "solid-js";

const PATIENCE_MS = 8000;

/** Grey blocks of the final size while something loads; says so to screen readers, and again when it takes long. */
export function Skeleton(props: { heights: readonly number[] }): JSX.Element {
  const [slow, setSlow] = createSignal(false);
  const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
  onCleanup(() => clearTimeout(timer));
  return (
    <div class="grid gap-4">
      <p role="status" classList={{ "sr-only": !slow(), "text-sm text-fg-2": slow() }}>
        <Show when={slow()} fallback="Loading…">
          Still working…
        </Show>
      </p>
      <For each={props.heights}>
        {(height) => <div class="skeleton" style={{ height: `${height}px` }} aria-hidden="true" />}
      </For>
    </div>
  );
}
