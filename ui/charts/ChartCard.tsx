import { createSignal, For, Show, type JSX } from "solid-js";

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
        <div
          class="relative max-h-[248px] overflow-auto"
          tabindex="0"
          role="region"
          aria-label={`${props.title}, table`}
        >
          <table class="w-full text-sm">
            <caption class="sr-only">{props.title}</caption>
            <thead>
              <tr>
                <For each={props.table.heads}>
                  {(head, column) => (
                    <th
                      scope="col"
                      class="border-b border-line py-1 pr-3 text-fg-2 last:pr-0"
                      classList={{ "text-right": column() > 0 }}
                    >
                      {head}
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={props.table.rows}>
                {(row) => (
                  <tr>
                    <th scope="row" class="border-b border-line py-1 pr-3 font-normal">
                      {row[0]}
                    </th>
                    <For each={row.slice(1)}>
                      {(cell) => (
                        <td class="border-b border-line py-1 pr-3 text-right whitespace-nowrap last:pr-0">{cell}</td>
                      )}
                    </For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
      <Show when={props.note}>
        <p class="mt-2 text-xs text-fg-3">{props.note}</p>
      </Show>
      {props.below}
    </section>
  );
}
