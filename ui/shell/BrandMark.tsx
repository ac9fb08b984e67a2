import type { JSX } from "solid-js";

/** Two intervals beside one another, and the name. */
export function BrandMark(): JSX.Element {
  return (
    <span class="inline-flex items-center gap-2 text-lg font-bold">
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <rect width="24" height="24" rx="6" fill="var(--accent)" />
        <path
          d="M5 9h9M10 15h9M9.500 6v6M14.500 12v6"
          stroke="var(--on-accent)"
          stroke-width="2"
          stroke-linecap="round"
          fill="none"
        />
      </svg>
      Edgeworth
    </span>
  );
}
