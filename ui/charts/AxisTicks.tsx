import { For, type JSX } from "solid-js";
import { formatChange } from "../format/number.ts";
import { positionOn, type IntervalAxis } from "./interval-axis.ts";

/** Decimals that tell the ticks of an axis apart. */
const decimalsOf = (axis: IntervalAxis): number => {
  const step = Math.abs((axis.ticks[1] ?? 1) - (axis.ticks[0] ?? 0)) * 100;
  return Math.min(3, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
};

/** The labels of a group's axis. */
export function AxisTicks(props: { axis: IntervalAxis; width: number }): JSX.Element {
  return (
    <svg width={props.width} height="16" class="block overflow-visible" aria-hidden="true">
      <For each={props.axis.ticks}>
        {(tick) => (
          <text
            x={positionOn(props.axis, tick, props.width)}
            y="12"
            text-anchor="middle"
            class="fill-fg-3 text-[11px] font-normal"
          >
            {formatChange(tick, decimalsOf(props.axis))}
          </text>
        )}
      </For>
    </svg>
  );
}
