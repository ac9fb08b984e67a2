import { createMemo, For, Show, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { ChartCard } from "../charts/ChartCard.tsx";
import { Mark } from "../charts/Mark.tsx";
import { countScale } from "../charts/time-scale.ts";
import { TimeChart, type TimeSeries } from "../charts/TimeChart.tsx";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { formatCompact, formatCount, formatShares } from "../format/number.ts";
import { formatDay } from "../format/time.ts";

/** How many users each variant has had, and whether that is the planned split. */
export function CumulativeExposures(props: { results: Results }): JSX.Element {
  const variants = createMemo(() => controlFirst(props.results.variants));
  const total = () => variants().reduce((sum, variant) => sum + variant.exposures, 0);
  const observed = () =>
    formatShares(
      variants().map((variant) => variant.exposures),
      1,
    );
  const planned = () =>
    formatShares(
      variants().map((variant) => variant.expected_share),
      1,
    );
  const labels = () => ["start", ...props.results.daily.map((day) => formatDay(day.day))];
  const series = createMemo((): TimeSeries[] =>
    variants().map((variant, index) => ({
      name: variant.name,
      mark: variantMark(index),
      points: [
        { value: 0 },
        ...props.results.daily.map((day) => ({
          value: day.variants.find((one) => one.key === variant.key)?.exposures ?? 0,
        })),
      ],
    })),
  );
  const scale = createMemo(() =>
    countScale(series().flatMap((one) => one.points.map((point) => (point === undefined ? 0 : point.value)))),
  );
  const summary = () =>
    `Users exposed to each variant over ${props.results.daily.length} days; now ${series()
      .map((one, index) => `${one.name} ${formatCount(variants()[index]?.exposures ?? 0)}`)
      .join(", ")}.`;
  return (
    <ChartCard
      title="Cumulative exposures"
      aside={`${formatCount(total())} users`}
      table={{
        heads: ["Day", ...series().map((one) => one.name)],
        rows: props.results.daily.map((day, index) => [
          formatDay(day.day),
          ...series().map((one) => formatCount(one.points[index + 1]?.value ?? 0)),
        ]),
      }}
      below={
        <table class="mt-3 w-full text-sm">
          <caption class="sr-only">Planned and observed share of each variant</caption>
          <thead class="text-fg-2">
            <tr>
              <th scope="col" class="border-b border-line py-1">
                Variant
              </th>
              <th scope="col" class="border-b border-line py-1 pl-3 text-right">
                Users
              </th>
              <th scope="col" class="border-b border-line py-1 pl-3 text-right">
                Planned
              </th>
              <th scope="col" class="border-b border-line py-1 pl-3 text-right">
                Observed
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={variants()}>
              {(variant, index) => (
                <tr>
                  <th scope="row" class="py-1 font-normal">
                    <span class="flex items-center gap-2">
                      <Mark mark={variantMark(index())} />
                      <span class="min-w-0 break-words">{variant.name}</span>
                    </span>
                  </th>
                  <td class="py-1 pl-3 text-right">{formatCount(variant.exposures)}</td>
                  <td class="py-1 pl-3 text-right text-fg-2">{planned()[index()]}</td>
                  <td class="py-1 pl-3 text-right">{observed()[index()]}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      }
    >
      <Show
        when={props.results.daily.length > 0}
        fallback={<p class="grid h-[216px] place-content-center text-center text-fg-2">No one has been exposed yet.</p>}
      >
        <TimeChart
          summary={summary()}
          series={series()}
          labels={labels()}
          scale={scale()}
          formatTick={formatCompact}
          formatPoint={(point) => formatCount(point.value)}
        />
      </Show>
    </ChartCard>
  );
}
