import type { SetStoreFunction } from "solid-js/store";
import type { ExperimentDraft } from "./draft.ts";

/** What every part of the experiment form is given: the form's one draft, how to change it, and what is wrong with a field. */
export interface SectionProps {
  draft: ExperimentDraft;
  setDraft: SetStoreFunction<ExperimentDraft>;
  mistake: (field: string) => string | undefined;
}
