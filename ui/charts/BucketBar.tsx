import { For, type JSX } from "solid-js";
import { createElementWidth } from "./element-width.ts";

const BUCKETS = 10_000;
const HEIGHT = 20;

export interface BucketRange {
  readonly range_start: number;
  readonly range_end: number;
  readonly label: string;
  /** The one that this page is about. */
  readonly own: boolean;
}

/** A layer's 10,000 buckets as one bar: ours filled, others' grey, free ones empty. */
export function BucketBar(props: { ranges: readonly BucketRange[]; summary: string }): JSX.Element {
  const { width, observe } = createElementWidth();
  const x = (bucket: number): number => (bucket / BUCKETS) * width();
  return (
    <div ref={observe} class="h-[20px] w-full">
      <svg role="img" aria-label={props.summary} width={width()} height={HEIGHT} class="block rounded-[4px]">
        <rect
          x="0.500"
          y="0.500"
          width={Math.max(0, width() - 1)}
          height={HEIGHT - 1}
          rx="4"
          fill="var(--panel-2)"
          stroke="var(--line-strong)"
        />
        <For each={props.ranges}>
          {(range) => (
            <rect
              x={x(range.range_start)}
              y="0"
              width={Math.max(1, x(range.range_end + 1) - x(range.range_start))}
              height={HEIGHT}
              fill={range.own ? "var(--accent)" : "var(--v0)"}
              stroke="var(--panel)"
            >
              <title>
                {range.label}: buckets {range.range_start} to {range.range_end}
              </title>
            </rect>
          )}
        </For>
      </svg>
    </div>
  );
}
