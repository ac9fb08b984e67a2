import { createSignal, Show, type JSX } from "solid-js";
import { PlainTable } from "../parts/PlainTable.tsx";

/** A chart in its card, with a switch to the same numbers as a table. */
export function ChartCard(props: {
  title: string;
  aside?: string;
  note?: string | undefined;
  table: { readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] };
  children: JSX.Element;
  below?: JSX.Element;
}): JSX.Element {
  const [asTable, setAsTable] = createSignal(false);
  return (
    <section class="card min-w-0 p-4" aria-label={props.title}>
      <div class="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 class="font-semibold">
          {props.title} <span class="font-normal text-fg-2">{props.aside}</span>
        </h2>
        <button
          type="button"
          class="min-h-6 rounded-[4px] border border-line px-2 text-xs text-fg-2 hover:bg-panel-2"
          aria-pressed={asTable()}
          onClick={() => setAsTable((shown) => !shown)}
        >
          Show as table
        </button>
      </div>
      <Show when={asTable()} fallback={props.children}>
        <PlainTable caption={props.title} heads={props.table.heads} rows={props.table.rows} low />
      </Show>
      <Show when={props.note}>
        <p class="mt-2 text-xs text-fg-3">{props.note}</p>
      </Show>
      {props.below}
    </section>
  );
}
