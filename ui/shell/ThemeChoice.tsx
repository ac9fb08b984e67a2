import type { JSX } from "solid-js";
import { setTheme, theme, type Theme } from "../theme.ts";

export function ThemeChoice(): JSX.Element {
  return (
    <label class="grid gap-1 px-2 text-xs text-fg-3">
      Theme
      <select class="control" value={theme()} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
        <option value="system">Same as system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
