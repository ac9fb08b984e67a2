import type { JSX } from "solid-js";
import { markPath, type VariantMark } from "./variant-mark.ts";

/** A variant's mark beside its name. */
export function Mark(props: { mark: VariantMark }): JSX.Element {
  return (
    <svg width="12" height="12" viewBox="-6 -6 12 12" class="shrink-0" aria-hidden="true">
      <path d={markPath(props.mark.shape, 4)} fill={props.mark.colour} />
    </svg>
  );
}
