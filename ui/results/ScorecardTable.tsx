import { For, Show, type JSX } from "solid-js";
import { AxisTicks } from "../charts/AxisTicks.tsx";
import { createElementWidth } from "../charts/element-width.ts";
import { IntervalBar } from "../charts/IntervalBar.tsx";
import { Mark } from "../charts/Mark.tsx";
import { directionWords, limitWords } from "./direction.ts";
import { ReadingPill } from "./ReadingPill.tsx";
import type { ScorecardGroup } from "./scorecard.ts";

/** Three lines: the change, its interval, its p-value. */
const ROW = 64;

/** The scorecard where there is room for a table. All bars of a group share one axis, which stands in the group's own row. */
export function ScorecardTable(props: {
  groups: readonly ScorecardGroup[];
  withheld: boolean;
  /** The numbers are not those of the plan, but its readings stay. */
  exploring: boolean;
}): JSX.Element {
  const { width, observe } = createElementWidth();
  return (
    <div class="relative overflow-x-auto" tabindex="0" role="region" aria-label="Scorecard, table">
      <table class="-mb-px w-full min-w-[760px] table-fixed">
        <caption class="sr-only">
          Change of each metric in each variant against the control, with its interval and what it says so far
        </caption>
        <colgroup>
          <col class="w-[18%]" />
          <col class="w-[14%]" />
          <col class="w-[80px]" />
          <col class="w-[80px]" />
          <col class="w-[160px]" />
          <col />
          <col class="w-[188px]" />
        </colgroup>
        <thead class="text-sm text-fg-2">
          <tr>
            <th scope="col" class="py-1 pl-4">
              Metric
            </th>
            <th scope="col" class="py-1 pl-2">
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
                <span class="sr-only">Interval</span>
              </div>
            </th>
            <th scope="col" class="py-1 pl-5">
              {props.exploring ? "Reading by the plan" : "Reading"}
            </th>
          </tr>
        </thead>
        <For each={props.groups}>
          {(group) => (
            <tbody>
              <tr class="bg-panel-2">
                <th
                  scope="rowgroup"
                  colspan="5"
                  class="border-y border-line px-4 py-1 text-xs font-semibold tracking-[0.04em] text-fg-2 uppercase"
                >
                  {group.title}
                </th>
                <td class="border-y border-line py-1 pl-4">
                  <AxisTicks axis={group.axis} width={width()} />
                </td>
                <td class="border-y border-line" />
              </tr>
              <For each={group.metrics}>
                {(metric) => (
                  <For each={metric.rows}>
                    {(row, index) => (
                      <tr title={row.detail}>
                        <Show when={index() === 0}>
                          <th
                            scope="rowgroup"
                            rowspan={metric.rows.length}
                            class="border-b border-line px-4 py-1 align-top break-words"
                          >
                            <span class="block pt-1 font-medium">{metric.name}</span>
                            <span class="block text-xs font-normal text-fg-3">{directionWords(metric.direction)}</span>
                            <Show when={metric.cuped}>
                              {(cuped) => <span class="block text-xs font-normal text-fg-3">{cuped()}</span>}
                            </Show>
                            <Show when={metric.limit}>
                              {(limit) => (
                                <span class="block text-xs font-normal text-fg-3">limit {limitWords(limit())}</span>
                              )}
                            </Show>
                          </th>
                        </Show>
                        <th scope="row" class="border-b border-line py-1 pl-2 font-normal">
                          <span class="flex items-center gap-2">
                            <Mark mark={row.mark} />
                            <span class="min-w-0 break-words">{row.variant}</span>
                          </span>
                        </th>
                        <td class="border-b border-line text-right text-fg-2">{row.control}</td>
                        <td class="border-b border-line text-right">{row.value}</td>
                        <td class="border-b border-line text-right leading-[17px]">
                          <span class="block font-medium">{row.change}</span>
                          <span class="block text-xs whitespace-nowrap text-fg-2">{row.interval}</span>
                          <span class="text-xs whitespace-nowrap text-fg-2">{row.evidence}</span>
                          <span class="sr-only">. {row.detail}</span>
                        </td>
                        <td class="h-[64px] border-b border-line pl-4">
                          <IntervalBar
                            axis={group.axis}
                            interval={row.bar}
                            mark={row.mark}
                            width={width()}
                            height={ROW - 1}
                            plain={props.withheld}
                            limit={metric.limit}
                          />
                        </td>
                        <td class="border-b border-line pr-2 pl-5">
                          <ReadingPill reading={row.reading} withheld={props.withheld} />
                        </td>
                      </tr>
                    )}
                  </For>
                )}
              </For>
            </tbody>
          )}
        </For>
      </table>
    </div>
  );
}
