import { createMemo, For, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { ChartCard } from "../charts/ChartCard.tsx";
import { liftScale } from "../charts/time-scale.ts";
import { TimeChart, type TimePoint, type TimeSeries } from "../charts/TimeChart.tsx";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { formatDay } from "../format/time.ts";
import { differenceFormat } from "./metric-units.ts";
import { trendSentence } from "./trend-words.ts";
import { scorecardMode } from "./verdict.ts";

const isDefined = <T,>(value: T | undefined): value is T => value !== undefined;

const isKnown = (course: readonly { readonly effect: number | null }[]): boolean =>
  course.some(({ effect }) => effect !== null);

const pointOf = (at: { effect: number | null; standard_error: number | null } | undefined): TimePoint | undefined => {
  if (at === undefined || at.effect === null) return undefined;
  const spread = at.standard_error ?? 0;
  return { value: at.effect, low: at.effect - spread, high: at.effect + spread };
};

/** Whether the effect is only new, or has to be learnt: by days since exposure, or by day of first exposure. */
export function TrendCard(props: { results: Results }): JSX.Element {
  const metric = () => props.results.metrics.find((one) => one.role === "primary");
  const shown = () =>
    scorecardMode(props.results.verdict.code) === "full" &&
    props.results.trend.some((trend) => isKnown(trend.by_age) || isKnown(trend.by_day));
  return (
    <Show when={shown() ? metric() : undefined}>
      {(primary) => (
        <div class="min-w-0 lg:col-span-2">
          <Trends results={props.results} metric={primary()} />
        </div>
      )}
    </Show>
  );
}

function Trends(props: { results: Results; metric: Results["metrics"][number] }): JSX.Element {
  const trends = () => props.results.trend;
  const byAge = () => trends().some((trend) => isKnown(trend.by_age));
  /** Days since exposure, or days of first exposure: every one that some variant has. */
  const positions = createMemo((): (string | number)[] =>
    byAge()
      ? [...new Set(trends().flatMap((trend) => trend.by_age.map(({ days }) => days)))].sort((a, b) => a - b)
      : [...new Set(trends().flatMap((trend) => trend.by_day.map(({ day }) => day)))].sort(),
  );
  const labels = () => positions().map((at) => (typeof at === "number" ? `day ${at}` : formatDay(at)));
  const named = createMemo(() =>
    controlFirst(props.results.variants)
      .map((variant, index) => ({ variant, mark: variantMark(index) }))
      .flatMap(({ variant, mark }) => {
        const trend = trends().find(({ key }) => key === variant.key);
        return trend === undefined ? [] : [{ name: variant.name, mark, trend }];
      }),
  );
  const series = createMemo((): TimeSeries[] =>
    named().map(({ name, mark, trend }) => ({
      name,
      mark,
      points: positions().map((at) =>
        pointOf(byAge() ? trend.by_age.find(({ days }) => days === at) : trend.by_day.find(({ day }) => day === at)),
      ),
    })),
  );
  const days = createMemo(() =>
    positions().map((_, index) =>
      series()
        .map((one) => one.points[index])
        .filter(isDefined)
        .map(({ value, low = value, high = value }) => ({ low, high })),
    ),
  );
  const scale = createMemo(() => liftScale(days()));
  const written = () =>
    differenceFormat(
      props.metric,
      series().flatMap((one) => one.points.filter(isDefined).map(({ value }) => value)),
    );
  const words = (point: TimePoint): string => `${written().number(point.value)}${written().suffix}`;
  const title = () => (byAge() ? "Effect by days since exposure" : "Effect by day of first exposure");
  return (
    <ChartCard
      title={`${title()}, ${props.metric.name}`}
      aside={written().suffix.trim()}
      note="The band is one standard error to either side."
      table={{
        heads: [byAge() ? "Days since exposure" : "Day", ...series().map((one) => one.name)],
        rows: labels().map((label, index) => [
          label,
          ...series().map((one) => {
            const point = one.points[index];
            return point === undefined ? "–" : words(point);
          }),
        ]),
      }}
      below={
        <ul class="mt-2 grid gap-1 text-sm">
          <For each={named()}>
            {({ name, trend }) => (
              <li>
                <span class="font-medium">{name}:</span> {trendSentence(trend, props.metric)}
              </li>
            )}
          </For>
        </ul>
      }
    >
      <TimeChart
        summary={`${title()}: ${named()
          .map(({ name, trend }) => `${name}: ${trendSentence(trend, props.metric)}`)
          .join(" ")}`}
        series={series()}
        labels={labels()}
        scale={scale()}
        formatTick={(tick) => written().number(tick)}
        formatPoint={words}
      />
    </ChartCard>
  );
}
