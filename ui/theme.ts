import { createSignal } from "solid-js";

export type Theme = "light" | "dark" | "system";

const STORE = "edgeworth-theme";

const saved = (): Theme => {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
};

const [theme, setSignal] = createSignal<Theme>(saved());
export { theme };

/** Shows and remembers a theme. `public/theme.js` applies it before the first paint of the next visit. */
export function setTheme(next: Theme): void {
  setSignal(next);
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, next);
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}
