import { createEffect, For, Show, type JSX } from "solid-js";
import type { ApiError } from "../api/api-error.ts";
import { fieldId, fieldOfPath } from "./field-errors.ts";

/** The server's own sentence, or how many mistakes follow when it has put them in a list. */
function headline(error: ApiError): string {
  if (error.errors.length === 0) return error.message;
  return error.errors.length === 1
    ? "One thing to mend before this can be saved"
    : `${error.errors.length} things to mend before this can be saved`;
}

/** Every mistake of a form above it, each a link to its field. Takes the focus when a save has failed. */
export function ErrorSummary(props: {
  error: ApiError | undefined;
  fields: readonly string[];
  /** Grows with every failed save, so that the same error is announced again. */
  attempt: number;
  prefix?: string;
  /** What each field is called on screen. */
  labels?: Readonly<Record<string, string>>;
}): JSX.Element {
  let panel: HTMLDivElement | undefined;
  createEffect(() => {
    if (props.attempt > 0) panel?.focus();
  });
  const idOf = (field: string) => fieldId(props.prefix ?? "field", field);
  const focusField = (event: MouseEvent, field: string) => {
    event.preventDefault();
    const control = document.getElementById(idOf(field));
    control?.focus();
    control?.scrollIntoView({ block: "center" });
  };
  return (
    <Show when={props.error}>
      {(error) => (
        <div
          ref={(element) => (panel = element)}
          role="alert"
          tabindex="-1"
          class="card border-l-4 border-l-bad p-4 focus:outline-none"
        >
          <p class="font-semibold">{headline(error())}</p>
          <ul class="mt-1 list-disc pl-4">
            <For each={error().errors}>
              {(mistake) => (
                <li>
                  <Show when={fieldOfPath(mistake.path, props.fields)} fallback={mistake.message}>
                    {(field) => (
                      <a class="link" href={`#${idOf(field())}`} onClick={(event) => focusField(event, field())}>
                        <Show when={props.labels?.[field()]}>{(label) => `${label()}: `}</Show>
                        {mistake.message}
                      </a>
                    )}
                  </Show>
                </li>
              )}
            </For>
          </ul>
          <Show when={error().requestId}>
            {(id) => (
              <p class="mt-2 text-xs break-all text-fg-3">
                Request id <code class="font-mono">{id()}</code>
              </p>
            )}
          </Show>
        </div>
      )}
    </Show>
  );
}
