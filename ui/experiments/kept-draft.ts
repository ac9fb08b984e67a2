import { emptyDraft, type ExperimentDraft } from "./draft.ts";

const STORE = "edgeworth-new-experiment";

/** A draft from its JSON; undefined when it is none, or is as good as new. */
export function parseDraft(text: string | null): ExperimentDraft | undefined {
  if (text === null) return undefined;
  try {
    const kept = JSON.parse(text) as Partial<ExperimentDraft> | null;
    if (kept === null || !Array.isArray(kept.variants)) return undefined;
    const draft = { ...emptyDraft(), ...kept };
    return isUntouched(draft) ? undefined : draft;
  } catch {
    return undefined;
  }
}

export const isUntouched = (draft: ExperimentDraft): boolean => JSON.stringify(draft) === JSON.stringify(emptyDraft());

/** What this tab was in the middle of making, also after a reload. */
export function readDraft(): ExperimentDraft | undefined {
  try {
    return parseDraft(sessionStorage.getItem(STORE));
  } catch {
    // Storage is switched off: nothing was kept.
    return undefined;
  }
}

/** Keeps a draft for as long as the tab is open; forgets it without one. */
export function keepDraft(draft: ExperimentDraft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(STORE);
    else sessionStorage.setItem(STORE, JSON.stringify(draft));
  } catch {
    // Storage is switched off or full: the draft lasts until the page is left.
  }
}
