import { createMemo, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { ChartCard } from "../charts/ChartCard.tsx";
import { liftScale } from "../charts/time-scale.ts";
import { TimeChart, type TimePoint, type TimeSeries } from "../charts/TimeChart.tsx";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { changeDecimals, formatChange } from "../format/number.ts";
import { formatDay } from "../format/time.ts";
import { scorecardMode } from "./verdict.ts";

const isDefined = <T,>(value: T | undefined): value is T => value !== undefined;

/** The primary metric's change as more days of users come in: bands that narrow are what learning looks like. */
export function LiftOverTime(props: { results: Results; over: boolean }): JSX.Element {
  const metric = () => props.results.metrics.find((one) => one.role === "primary");
  const title = () => `Lift over time, ${metric()?.name ?? "no primary metric"}`;
  const series = createMemo((): TimeSeries[] =>
    controlFirst(props.results.variants)
      .map((variant, index) => ({ variant, mark: variantMark(index) }))
      .filter(({ variant }) => !variant.is_control)
      .map(({ variant, mark }) => ({
        name: variant.name,
        mark,
        points: props.results.daily.map((day): TimePoint | undefined => {
          const lift = day.primary.find((one) => one.key === variant.key);
          if (lift === undefined || lift.lift === null || lift.lift_ci_low === null || lift.lift_ci_high === null)
            return undefined;
          return { value: lift.lift, low: lift.lift_ci_low, high: lift.lift_ci_high };
        }),
      })),
  );
  const days = createMemo(() =>
    props.results.daily.map((_, index) =>
      series()
        .map((one) => one.points[index])
        .filter(isDefined)
        .map((point) => ({ low: point.low ?? point.value, high: point.high ?? point.value })),
    ),
  );
  const scale = createMemo(() => liftScale(days()));
  const decimals = () => changeDecimals(days().at(-1) ?? []);
  const words = (point: TimePoint): string =>
    `${formatChange(point.value, decimals())} (${formatChange(point.low ?? point.value, decimals())} to ${formatChange(point.high ?? point.value, decimals())})`;
  const summary = () => {
    const latest = series().map((one) => {
      const point = one.points.at(-1);
      return point === undefined ? `${one.name} not known` : `${one.name} ${words(point)}`;
    });
    return `Change of ${metric()?.name ?? ""} against the control over ${props.results.daily.length} days; latest: ${latest.join(", ")}.`;
  };
  const mode = () => scorecardMode(props.results.verdict.code);
  const drawable = () => mode() === "full" && days().some((day) => day.length > 0);
  const nothing = (): string => {
    const primary = metric();
    if (mode() === "withheld") return "Kept back: the users were not split as planned.";
    if (primary === undefined) return "There is no primary metric to draw.";
    return props.over ? "There were not enough users to draw a change." : "Not enough users yet to draw a change.";
  };
  return (
    <ChartCard
      title={title()}
      note={
        drawable() && scale().clipped ? "The first days swing beyond the edge; the table has their numbers." : undefined
      }
      table={{
        heads: ["Day of first exposure", ...series().map((one) => one.name)],
        rows: (drawable() ? props.results.daily : []).map((day, index) => [
          formatDay(day.day),
          ...series().map((one) => {
            const point = one.points[index];
            return point === undefined ? "–" : words(point);
          }),
        ]),
      }}
    >
      <Show
        when={drawable()}
        fallback={<p class="grid h-[216px] place-content-center text-center text-fg-2">{nothing()}</p>}
      >
        <TimeChart
          summary={summary()}
          series={series()}
          labels={props.results.daily.map((day) => formatDay(day.day))}
          scale={scale()}
          formatTick={(tick) => formatChange(tick, scale().to < 0.02 ? 1 : 0)}
          formatPoint={words}
        />
      </Show>
    </ChartCard>
  );
}
