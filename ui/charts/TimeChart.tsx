import { createSignal, createUniqueId, For, Show, type JSX } from "solid-js";
import { createElementWidth } from "./element-width.ts";
import { Mark } from "./Mark.tsx";
import { labelledPositions, type ValueScale } from "./time-scale.ts";
import { markPath, type VariantMark } from "./variant-mark.ts";

export interface TimePoint {
  readonly value: number;
  /** The band around it, where there is one. */
  readonly low?: number;
  readonly high?: number;
}

export interface TimeSeries {
  readonly name: string;
  readonly mark: VariantMark;
  /** One for each position; undefined where nothing is known. */
  readonly points: readonly (TimePoint | undefined)[];
}

const HEIGHT = 216;
const LEFT = 56;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 26;

const known = (points: TimeSeries["points"]): { index: number; point: TimePoint }[] =>
  points.flatMap((point, index) => (point === undefined ? [] : [{ index, point }]));

/**
 * Lines over days, with bands where the points have them, drawn at the real width of its place. A single day has no line:
 * then each variant's point stands with its band as a whisker. Pointing at a day reads its numbers out in the legend.
 */
export function TimeChart(props: {
  /** One sentence that says what the picture shows. */
  summary: string;
  series: readonly TimeSeries[];
  labels: readonly string[];
  scale: ValueScale;
  formatTick: (value: number) => string;
  formatPoint: (point: TimePoint) => string;
}): JSX.Element {
  const clip = createUniqueId();
  const { width, observe } = createElementWidth();
  const [pointed, setPointed] = createSignal<number>();
  const last = () => props.labels.length - 1;
  const single = () => props.labels.length === 1;
  const x = (index: number): number =>
    single() ? (LEFT + width() - RIGHT) / 2 : LEFT + (index / last()) * (width() - LEFT - RIGHT);
  const y = (value: number): number =>
    TOP + (1 - (value - props.scale.from) / (props.scale.to - props.scale.from)) * (HEIGHT - TOP - BOTTOM);
  const line = (series: TimeSeries): string =>
    known(series.points)
      .map(({ index, point }, position) => `${position === 0 ? "M" : "L"}${x(index)} ${y(point.value)}`)
      .join("");
  const band = (series: TimeSeries): string => {
    const points = known(series.points);
    const upper = points.map(({ index, point }) => `${x(index)} ${y(point.high ?? point.value)}`);
    const lower = points.map(({ index, point }) => `${x(index)} ${y(point.low ?? point.value)}`).toReversed();
    return upper.length === 0 ? "" : `M${[...upper, ...lower].join("L")}z`;
  };
  const aside = (position: number): number => (single() ? (position - (props.series.length - 1) / 2) * 36 : 0);
  const shown = () => Math.min(pointed() ?? last(), last());
  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const share = (at - LEFT) / Math.max(1, width() - LEFT - RIGHT);
    setPointed(Math.min(last(), Math.max(0, Math.round(share * last()))));
  };

  return (
    <div>
      <div ref={observe} class="h-[216px] overflow-hidden">
        <Show when={width() > 0 && props.labels.length > 0}>
          <svg
            role="img"
            aria-label={props.summary}
            width={width()}
            height={HEIGHT}
            class="block touch-pan-y"
            onPointerMove={point}
            onPointerLeave={() => setPointed(undefined)}
          >
            <clipPath id={clip}>
              <rect x={LEFT} y={TOP} width={Math.max(0, width() - LEFT - RIGHT + 8)} height={HEIGHT - TOP - BOTTOM} />
            </clipPath>
            <For each={props.scale.ticks}>
              {(tick) => (
                <>
                  <line
                    x1={LEFT}
                    x2={width() - RIGHT}
                    y1={y(tick)}
                    y2={y(tick)}
                    stroke={tick === 0 ? "var(--line-strong)" : "var(--line)"}
                  />
                  <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end" class="fill-fg-3 text-[11px]">
                    {props.formatTick(tick)}
                  </text>
                </>
              )}
            </For>
            <For each={labelledPositions(props.labels.length, Math.floor(width() / 90))}>
              {(index) => (
                <text
                  x={x(index)}
                  y={HEIGHT - 6}
                  text-anchor={!single() && index === last() ? "end" : "middle"}
                  class="fill-fg-3 text-[11px]"
                >
                  {props.labels[index]}
                </text>
              )}
            </For>
            <g clip-path={`url(#${clip})`}>
              <Show when={!single()}>
                <For each={props.series}>
                  {(series) => <path d={band(series)} fill={series.mark.colour} fill-opacity="0.15" />}
                </For>
                <For each={props.series}>
                  {(series) => (
                    <path
                      d={line(series)}
                      fill="none"
                      stroke={series.mark.colour}
                      stroke-width="2"
                      stroke-linejoin="round"
                      stroke-dasharray={series.mark.dash}
                    />
                  )}
                </For>
              </Show>
              <Show when={pointed() !== undefined && !single()}>
                <line
                  x1={x(shown())}
                  x2={x(shown())}
                  y1={TOP}
                  y2={HEIGHT - BOTTOM}
                  stroke="var(--fg-3)"
                  stroke-dasharray="2 2"
                />
              </Show>
            </g>
            <For each={props.series}>
              {(series, position) => (
                <Show when={series.points[shown()]}>
                  {(at) => (
                    <>
                      <Show when={single() && at().low !== undefined}>
                        <line
                          x1={x(0) + aside(position())}
                          x2={x(0) + aside(position())}
                          y1={y(Math.max(props.scale.from, at().low ?? 0))}
                          y2={y(Math.min(props.scale.to, at().high ?? 0))}
                          stroke={series.mark.colour}
                          stroke-opacity="0.45"
                          stroke-width="8"
                          stroke-linecap="round"
                        />
                      </Show>
                      <path
                        transform={`translate(${x(shown()) + aside(position())} ${y(Math.min(props.scale.to, Math.max(props.scale.from, at().value)))})`}
                        d={markPath(series.mark.shape, 4)}
                        fill={series.mark.colour}
                        stroke="var(--panel)"
                        stroke-width="1"
                      />
                    </>
                  )}
                </Show>
              )}
            </For>
          </svg>
        </Show>
      </div>
      <p class="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-fg-2">
        <span class="text-fg-3">{props.labels[shown()]}</span>
        <For each={props.series}>
          {(series) => (
            <span class="inline-flex items-center gap-1">
              <Mark mark={series.mark} />
              {series.name}
              <span class="text-fg">
                <Show when={series.points[shown()]} fallback="–">
                  {(at) => props.formatPoint(at())}
                </Show>
              </span>
            </span>
          )}
        </For>
      </p>
    </div>
  );
}
