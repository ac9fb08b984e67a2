import type { JSX } from "solid-js";
import { setShortcuts, shortcuts } from "../shortcuts.ts";

export function ShortcutChoice(): JSX.Element {
  return (
    <label class="flex min-h-6 items-center gap-2 px-2 text-xs text-fg-3">
      <input
        type="checkbox"
        class="size-4 accent-accent"
        checked={shortcuts()}
        onChange={(event) => setShortcuts(event.currentTarget.checked)}
      />
      One-letter shortcuts
    </label>
  );
}
