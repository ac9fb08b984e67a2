import { For, Show, type JSX } from "solid-js";
import { AxisTicks } from "../charts/AxisTicks.tsx";
import { createElementWidth } from "../charts/element-width.ts";
import { IntervalBar } from "../charts/IntervalBar.tsx";
import { Mark } from "../charts/Mark.tsx";
import { directionWords, limitWords } from "./direction.ts";
import { ReadingPill } from "./ReadingPill.tsx";
import type { IntervalAxis } from "../charts/interval-axis.ts";
import type { ScorecardGroup, ScorecardRow } from "./scorecard.ts";

function Bar(props: { axis: IntervalAxis; row: ScorecardRow; plain: boolean; limit: number | undefined }): JSX.Element {
  const { width, observe } = createElementWidth();
  return (
    <div ref={observe}>
      <AxisTicks axis={props.axis} width={width()} />
      <IntervalBar
        axis={props.axis}
        interval={props.row.bar}
        mark={props.row.mark}
        width={width()}
        height={28}
        plain={props.plain}
        limit={props.limit}
      />
    </div>
  );
}

/** The scorecard where a table has no room: a card for each metric and variant, each with its bar on the group's axis. */
export function ScorecardCards(props: {
  groups: readonly ScorecardGroup[];
  withheld: boolean;
  exploring: boolean;
  /** What the interval is called. */
  interval: string;
}): JSX.Element {
  return (
    <div>
      <For each={props.groups}>
        {(group) => (
          <div>
            <h3 class="border-y border-line bg-panel-2 px-4 py-1 text-xs font-semibold tracking-[0.04em] text-fg-2 uppercase">
              {group.title}
            </h3>
            <ul class="grid gap-px bg-line sm:grid-cols-2">
              <For each={group.metrics}>
                {(metric) => (
                  <For each={metric.rows}>
                    {(row) => (
                      <li class="grid content-start gap-2 bg-panel px-4 py-3 last:odd:col-span-full">
                        <div class="flex flex-wrap items-start justify-between gap-2">
                          <p class="min-w-0">
                            <span class="block font-semibold break-words">{metric.name}</span>
                            <span class="block text-xs text-fg-3">{directionWords(metric.direction)}</span>
                            <Show when={metric.cuped}>
                              {(cuped) => <span class="block text-xs text-fg-3">{cuped()}</span>}
                            </Show>
                          </p>
                          <span class="grid justify-items-end gap-px">
                            <ReadingPill reading={row.reading} withheld={props.withheld} />
                            <Show when={props.exploring}>
                              <span class="text-xs text-fg-3">by the plan</span>
                            </Show>
                          </span>
                        </div>
                        <p class="flex items-center gap-2">
                          <Mark mark={row.mark} />
                          <span class="min-w-0 break-words">{row.variant}</span>
                        </p>
                        <dl class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
                          <dt class="text-fg-2">Control</dt>
                          <dd class="text-right">{row.control}</dd>
                          <dt class="text-fg-2">Variant</dt>
                          <dd class="text-right">{row.value}</dd>
                          <dt class="text-fg-2">Change</dt>
                          <dd class="text-right font-medium">{row.change}</dd>
                          <dt class="text-fg-2">{props.interval}</dt>
                          <dd class="text-right">{row.interval}</dd>
                          <Show when={row.evidence}>
                            {(evidence) => (
                              <>
                                <dt class="text-fg-2">Evidence</dt>
                                <dd class="text-right">{evidence()}</dd>
                              </>
                            )}
                          </Show>
                          <Show when={metric.limit}>
                            {(limit) => (
                              <>
                                <dt class="text-fg-2">Limit</dt>
                                <dd class="text-right">{limitWords(limit())}</dd>
                              </>
                            )}
                          </Show>
                        </dl>
                        <Show when={row.bar}>
                          <Bar axis={group.axis} row={row} plain={props.withheld} limit={metric.limit} />
                        </Show>
                        <p class="text-xs text-fg-3">{row.detail}</p>
                      </li>
                    )}
                  </For>
                )}
              </For>
            </ul>
          </div>
        )}
      </For>
    </div>
  );
}
