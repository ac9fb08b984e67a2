import { For, Show, type JSX } from "solid-js";
import { intervalBar, positionOn, type IntervalAxis } from "./interval-axis.ts";
import type { VariantMark } from "./variant-mark.ts";

const THICK = 8;

/** An interval on its group's axis. Hidden from screen readers: the same numbers stand beside it as text. */
export function IntervalBar(props: {
  axis: IntervalAxis;
  interval:
    | { low: number; high: number; estimate: number; corrected?: { low: number; high: number } | undefined }
    | undefined;
  mark: VariantMark;
  width: number;
  height: number;
  /** Grey, when the split is broken and colours would say too much. */
  plain?: boolean;
  /** Where the agreed limit is, as a share. */
  limit?: number | undefined;
}): JSX.Element {
  const middle = () => props.height / 2;
  const at = (value: number): number => positionOn(props.axis, value, props.width);
  const shownLimit = () => (Math.abs(props.limit ?? Infinity) <= props.axis.limit ? props.limit : undefined);
  const colour = () => (props.plain === true ? "var(--line-strong)" : props.mark.colour);
  return (
    <svg width={props.width} height={props.height} class="block" aria-hidden="true">
      <For each={props.axis.ticks}>
        {(tick) => (
          <line
            x1={at(tick)}
            x2={at(tick)}
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
              <Show when={interval().corrected}>
                {(corrected) => (
                  <path
                    d={`M${at(corrected().low)} ${middle() - 4}v8m0 -4H${at(corrected().high)}m0 -4v8`}
                    fill="none"
                    stroke={colour()}
                  />
                )}
              </Show>
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
      <Show when={shownLimit()}>
        {(limit) => (
          <line
            x1={at(limit())}
            x2={at(limit())}
            y1={4}
            y2={props.height - 4}
            stroke="var(--bad)"
            stroke-width="2"
            stroke-dasharray="4 3"
          />
        )}
      </Show>
    </svg>
  );
}
