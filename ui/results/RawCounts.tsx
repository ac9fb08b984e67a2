import { For, type JSX } from "solid-js";
import type { Results } from "../../contract/results.ts";
import { controlFirst, variantMark } from "../charts/variant-mark.ts";
import { Mark } from "../charts/Mark.tsx";
import { formatCount, formatNumber } from "../format/number.ts";
import { sumWords } from "./metric-units.ts";

const total = (metric: Results["metrics"][number], key: string): string => {
  const numbers = metric.variants.find((variant) => variant.key === key);
  if (numbers === undefined) return "–";
  return Number.isInteger(numbers.sum) ? formatCount(numbers.sum) : formatNumber(numbers.sum, 2);
};

/** What has been counted so far, without a comparison: there is too little to compare. */
export function RawCounts(props: { results: Results }): JSX.Element {
  const variants = () => controlFirst(props.results.variants);
  return (
    <div class="relative overflow-x-auto" tabindex="0" role="region" aria-label="Counts, table">
      <table class="-mb-px w-full">
        <caption class="sr-only">Counts of each variant so far</caption>
        <thead class="text-sm text-fg-2">
          <tr>
            <th scope="col" class="border-y border-line px-4 py-1">
              Variant
            </th>
            <th scope="col" class="border-y border-line px-4 py-1 text-right">
              Users
            </th>
            <For each={props.results.metrics}>
              {(metric) => (
                <th scope="col" class="border-y border-line px-4 py-1 text-right">
                  {metric.name}
                  <span class="block text-xs font-normal text-fg-3">{sumWords(metric)}</span>
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={variants()}>
            {(variant, index) => (
              <tr>
                <th scope="row" class="h-[44px] border-b border-line px-4 font-normal">
                  <span class="flex items-center gap-2">
                    <Mark mark={variantMark(index())} />
                    {variant.name}
                  </span>
                </th>
                <td class="border-b border-line px-4 text-right">{formatCount(variant.exposures)}</td>
                <For each={props.results.metrics}>
                  {(metric) => <td class="border-b border-line px-4 text-right">{total(metric, variant.key)}</td>}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
