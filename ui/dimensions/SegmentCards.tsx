import { For, Show, type JSX } from "solid-js";
import { AxisTicks } from "../charts/AxisTicks.tsx";
import { createElementWidth } from "../charts/element-width.ts";
import { IntervalBar } from "../charts/IntervalBar.tsx";
import type { IntervalAxis } from "../charts/interval-axis.ts";
import { Mark } from "../charts/Mark.tsx";
import type { SegmentRow, SegmentTable } from "./segment-rows.ts";

/** Groups where a table has no room: one below the other, each variant with its bar. */
export function SegmentCards(props: { table: SegmentTable }): JSX.Element {
  return (
    <ul>
      <For each={props.table.groups}>
        {(group) => (
          <li class="grid gap-3 border-t border-line px-4 py-3" classList={{ "bg-panel-2": group.all }}>
            <h3 class="flex flex-wrap justify-between gap-x-4">
              <span class="min-w-0 font-semibold break-words">{group.name}</span>
              <span class="text-sm text-fg-2">{group.users} users</span>
            </h3>
            <Show
              when={group.rows.length > 0 && !group.withheld}
              fallback={<p class="text-fg-2">Too few users in some variant to be shown apart.</p>}
            >
              <For each={group.rows}>{(row) => <Row row={row} axis={props.table.axis} />}</For>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}

function Row(props: { row: SegmentRow; axis: IntervalAxis }): JSX.Element {
  const { width, observe } = createElementWidth();
  return (
    <div class="grid gap-1">
      <p class="flex items-center gap-2">
        <Mark mark={props.row.mark} />
        <span class="min-w-0 break-words">{props.row.variant}</span>
      </p>
      <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        <dt class="text-fg-2">Control</dt>
        <dd class="text-right">{props.row.control}</dd>
        <dt class="text-fg-2">Variant</dt>
        <dd class="text-right">{props.row.value}</dd>
        <dt class="text-fg-2">Change</dt>
        <dd class="text-right font-medium">{props.row.change}</dd>
        <dt class="text-fg-2">Interval</dt>
        <dd class="text-right whitespace-nowrap">{props.row.interval}</dd>
        <dt class="text-fg-2">Corrected</dt>
        <dd class="text-right">{props.row.p}</dd>
      </dl>
      <Show when={props.row.bar}>
        <div ref={observe}>
          <AxisTicks axis={props.axis} width={width()} />
          <IntervalBar axis={props.axis} interval={props.row.bar} mark={props.row.mark} width={width()} height={28} />
        </div>
      </Show>
    </div>
  );
}
