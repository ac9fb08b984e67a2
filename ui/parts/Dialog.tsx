import { createEffect, createUniqueId, Show, type JSX } from "solid-js";

/** A native modal dialog. Its content exists only while it is open, so every opening starts fresh. */
export function Dialog(props: {
  open: boolean;
  title: string;
  onClose: () => void;
  children: JSX.Element;
}): JSX.Element {
  const titleId = createUniqueId();
  let dialog: HTMLDialogElement | undefined;
  createEffect(() => {
    if (props.open) dialog?.showModal();
    else dialog?.close();
  });
  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-labelledby={titleId}
      class="m-auto max-h-[90dvh] w-[520px] max-w-[calc(100vw-32px)] overflow-auto rounded-card border border-line bg-panel p-6 text-fg"
      onClose={() => props.onClose()}
    >
      <Show when={props.open}>
        <h2 id={titleId} class="mb-3 text-lg font-semibold">
          {props.title}
        </h2>
        {props.children}
      </Show>
    </dialog>
  );
}
