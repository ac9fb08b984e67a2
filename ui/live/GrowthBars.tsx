import { For, type JSX } from "solid-js";
import { formatCount } from "../format/number.ts";

/** Small bars, oldest on the left; the highest fills the height. */
export function GrowthBars(props: { growth: readonly number[]; stepWords: string }): JSX.Element {
  const highest = () => Math.max(1, ...props.growth);
  const total = () => props.growth.reduce((sum, one) => sum + one, 0);
  const summary = () =>
    `New users in the last ${props.growth.length} steps of ${props.stepWords}: ${formatCount(total())} in all, at most ${formatCount(Math.max(0, ...props.growth))} in one.`;
  return (
    <div role="img" aria-label={summary()} class="flex h-16 items-end gap-[2px] border-b border-line-strong">
      <For each={props.growth}>
        {(one) => (
          <span
            class="min-w-0 flex-1 rounded-t-[2px] bg-accent"
            style={{ height: one === 0 ? "0" : `max(2px, ${(one / highest()) * 100}%)` }}
          />
        )}
      </For>
    </div>
  );
}
