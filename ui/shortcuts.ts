import { createSignal } from "solid-js";

const STORE = "edgeworth-shortcuts";

const saved = (): boolean => {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    // Storage is switched off: as on a first visit.
    return true;
  }
};

const [shortcuts, setSignal] = createSignal(saved());

/** Whether single keys do something outside of fields. Who speaks to the computer needs them off (WCAG 2.1.4). */
export { shortcuts };

export function setShortcuts(on: boolean): void {
  setSignal(on);
  try {
    if (on) localStorage.removeItem(STORE);
    else localStorage.setItem(STORE, "off");
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}
