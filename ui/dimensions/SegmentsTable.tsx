import { For, Show, type JSX } from "solid-js";
import { AxisTicks } from "../charts/AxisTicks.tsx";
import { createElementWidth } from "../charts/element-width.ts";
import { IntervalBar } from "../charts/IntervalBar.tsx";
import { Mark } from "../charts/Mark.tsx";
import type { SegmentTable } from "./segment-rows.ts";

const ROW = 44;

/** Groups below everybody, all bars on one axis. */
export function SegmentsTable(props: { table: SegmentTable; caption: string }): JSX.Element {
  const { width, observe } = createElementWidth();
  return (
    <div class="relative overflow-x-auto" tabindex="0" role="region" aria-label={`${props.caption}, table`}>
      <table class="-mb-px w-full table-fixed">
        <caption class="sr-only">{props.caption}: each variant against the control in every group</caption>
        <colgroup>
          <col class="w-[18%]" />
          <col class="w-[76px]" />
          <col class="w-[14%]" />
          <col class="w-[76px]" />
          <col class="w-[76px]" />
          <col class="w-[152px]" />
          <col />
          <col class="w-[100px]" />
        </colgroup>
        <thead class="text-sm text-fg-2">
          <tr class="border-t border-line">
            <th scope="col" class="py-1 pl-4">
              Group
            </th>
            <th scope="col" class="py-1 text-right">
              Users
            </th>
            <th scope="col" class="py-1 pl-4">
              Variant
            </th>
            <th scope="col" class="py-1 text-right">
              Control
            </th>
            <th scope="col" class="py-1 text-right">
              Variant
              <span class="sr-only"> value</span>
            </th>
            <th scope="col" class="py-1 text-right">
              Change
            </th>
            <th scope="col" class="py-1 pl-4">
              <div ref={observe}>
                <AxisTicks axis={props.table.axis} width={width()} />
                <span class="sr-only">Interval</span>
              </div>
            </th>
            <th scope="col" class="py-1 pr-4 text-right">
              p, corrected
            </th>
          </tr>
        </thead>
        <For each={props.table.groups}>
          {(group) => (
            <tbody classList={{ "bg-panel-2": group.all }}>
              <Show
                when={group.rows.length > 0 && !group.withheld}
                fallback={
                  <tr>
                    <th scope="row" class="h-[44px] border-t border-line px-4 py-1 break-words">
                      {group.name}
                    </th>
                    <td class="border-t border-line text-right">{group.users}</td>
                    <td colspan="6" class="border-t border-line pl-4 text-fg-2">
                      Too few users in some variant to be shown apart.
                    </td>
                  </tr>
                }
              >
                <For each={group.rows}>
                  {(row, index) => (
                    <tr>
                      <Show when={index() === 0}>
                        <th
                          scope="rowgroup"
                          rowspan={group.rows.length}
                          class="border-t border-line px-4 py-1 align-middle break-words"
                          classList={{ "font-semibold": group.all }}
                        >
                          {group.name}
                        </th>
                        <td rowspan={group.rows.length} class="border-t border-line text-right align-middle">
                          {group.users}
                        </td>
                      </Show>
                      <th scope="row" class="border-t border-line py-1 pl-4 font-normal">
                        <span class="flex items-center gap-2">
                          <Mark mark={row.mark} />
                          <span class="min-w-0 break-words">{row.variant}</span>
                        </span>
                      </th>
                      <td class="border-t border-line text-right text-fg-2">{row.control}</td>
                      <td class="border-t border-line text-right">{row.value}</td>
                      <td class="border-t border-line text-right leading-[17px]">
                        <span class="block font-medium">{row.change}</span>
                        <span class="block text-xs whitespace-nowrap text-fg-2">{row.interval}</span>
                      </td>
                      <td class="h-[44px] border-t border-line pl-4">
                        <IntervalBar
                          axis={props.table.axis}
                          interval={row.bar}
                          mark={row.mark}
                          width={width()}
                          height={ROW - 1}
                        />
                      </td>
                      <td class="border-t border-line pr-4 text-right whitespace-nowrap">{row.p}</td>
                    </tr>
                  )}
                </For>
              </Show>
            </tbody>
          )}
        </For>
      </table>
    </div>
  );
}
