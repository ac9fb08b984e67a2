import { For, Show, type JSX } from "solid-js";
import { asApiError } from "../api/api-error.ts";

/** What went wrong with one panel, the number to quote, and a way to try again. */
export function ErrorPanel(props: { error: unknown; what: string; retry?: (() => unknown) | undefined }): JSX.Element {
  const error = () => asApiError(props.error);
  return (
    <div role="alert" class="card border-l-4 border-l-bad p-4">
      <p class="font-semibold">{props.what}</p>
      <p class="text-fg-2">{error().message}</p>
      <Show when={error().errors.length > 0}>
        <ul class="mt-1 list-disc pl-4 text-sm text-fg-2">
          <For each={error().errors}>{(mistake) => <li>{mistake.message}</li>}</For>
        </ul>
      </Show>
      <div class="mt-3 flex flex-wrap items-center gap-3">
        <Show when={props.retry}>
          {(retry) => (
            <button type="button" class="button" onClick={() => void retry()()}>
              Try again
            </button>
          )}
        </Show>
        <Show when={error().requestId}>
          {(id) => (
            <span class="text-xs break-all text-fg-3">
              Request id <code class="font-mono">{id()}</code>
            </span>
          )}
        </Show>
      </div>
    </div>
  );
}
