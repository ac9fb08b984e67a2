import { createSignal, onCleanup, Show, type JSX } from "solid-js";

/** Copies a text and says that it did. `label` completes "Copy …" for those who do not see what stands beside it. */
export function CopyButton(props: { text: string; label: string }): JSX.Element {
  const [said, setSaid] = createSignal<"copied" | "failed">();
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    const outcome = await navigator.clipboard.writeText(props.text).then(
      () => "copied" as const,
      () => "failed" as const,
    );
    setSaid(outcome);
    clearTimeout(timer);
    timer = setTimeout(() => setSaid(undefined), 2000);
  };
  return (
    <span class="inline-flex items-center gap-2">
      <button
        type="button"
        class="min-h-6 rounded-[4px] border border-line px-2 text-xs text-fg-2 hover:bg-panel-2"
        aria-label={`Copy ${props.label}`}
        onClick={() => void copy()}
      >
        Copy
      </button>
      <span role="status" class="text-xs text-fg-2">
        <Show when={said()}>{said() === "copied" ? "Copied" : "Select the text and copy it by hand."}</Show>
      </span>
    </span>
  );
}
