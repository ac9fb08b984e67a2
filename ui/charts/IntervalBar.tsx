import { For, Show, type JSX } from "solid-js";
import { intervalBar, positionOn, type IntervalAxis } from "./interval-axis.ts";
import type { VariantMark } from "./variant-mark.ts";

const THICK = 8;

/** An interval on its group's axis. Hidden from screen readers: the same numbers stand beside it as text. */
export function IntervalBar(props: {
  axis: IntervalAxis;
  interval: { low: number; high: number; estimate: number } | undefined;
  mark: VariantMark;
  width: number;
  height: number;
  /** Grey, when the split is broken and colours would say too much. */
  plain?: boolean;
}): JSX.Element {
  const middle = () => props.height / 2;
  const colour = () => (props.plain === true ? "var(--line-strong)" : props.mark.colour);
  return (
    <svg width={props.width} height={props.height} class="block" aria-hidden="true">
      <For each={props.axis.ticks}>
        {(tick) => (
          <line
            x1={positionOn(props.axis, tick, props.width)}
            x2={positionOn(props.axis, tick, props.width)}
            y1={2}
            y2={props.height - 2}
            stroke={tick === 0 ? "var(--line-strong)" : "var(--line)"}
            stroke-width={tick === 0 ? 1.5 : 1}
          />
        )}
      </For>
      <Show when={props.interval}>
        {(interval) => {
          const bar = () => intervalBar(props.axis, interval(), props.width);
          const from = () => bar().from + (bar().past.low ? 5 : 0.5);
          const to = () => bar().to - (bar().past.high ? 5 : 0.5);
          return (
            <>
              <rect
                x={from()}
                y={middle() - THICK / 2}
                width={Math.max(2, to() - from())}
                height={THICK}
                rx={THICK / 2}
                fill={colour()}
                fill-opacity="0.28"
                stroke={colour()}
              />
              <Show when={bar().past.low}>
                <path d={`M0 ${middle()}l6 -5v10z`} fill={colour()} />
              </Show>
              <Show when={bar().past.high}>
                <path d={`M${props.width} ${middle()}l-6 -5v10z`} fill={colour()} />
              </Show>
              <rect x={bar().estimate - 1.5} y={middle() - 9} width="3" height="18" rx="1" fill={colour()} />
            </>
          );
        }}
      </Show>
    </svg>
  );
}
