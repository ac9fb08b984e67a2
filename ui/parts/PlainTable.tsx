import { For, type JSX } from "solid-js";

export type Cell = string | JSX.Element;

/** A table of words and figures that may be wider than its place. The first column names the row; the others are figures. */
export function PlainTable(props: {
  /** What it shows, for those who do not see what stands around it. */
  caption: string;
  heads: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** Higher than this it scrolls. */
  low?: boolean;
  /** How many columns from the left are words. */
  words?: number;
}): JSX.Element {
  const isFigure = (column: number): boolean => column >= (props.words ?? 1);
  return (
    <div
      class="relative overflow-auto"
      classList={{ "max-h-[248px]": props.low === true }}
      tabindex="0"
      role="region"
      aria-label={`${props.caption}, table`}
    >
      <table class="w-full text-sm">
        <caption class="sr-only">{props.caption}</caption>
        <thead>
          <tr>
            <For each={props.heads}>
              {(head, column) => (
                <th
                  scope="col"
                  class="border-b border-line py-1 pr-3 text-fg-2 last:pr-0"
                  classList={{ "text-right": isFigure(column()) }}
                >
                  {head}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows}>
            {(row) => (
              <tr>
                <th scope="row" class="border-b border-line py-1 pr-3 font-normal">
                  {row[0]}
                </th>
                <For each={row.slice(1)}>
                  {(cell, column) => (
                    <td
                      class="border-b border-line py-1 pr-3 last:pr-0"
                      classList={{ "text-right whitespace-nowrap": isFigure(column() + 1) }}
                    >
                      {cell}
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
