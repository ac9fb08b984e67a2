import { createSignal, Show, type JSX } from "solid-js";
import { checkExperiment, createExperiment } from "../api/admin.ts";
import { experimentQuery, experimentsQuery, layersQuery, queryClient } from "../api/queries.ts";
import { focusHeading, PageHeading } from "../parts/PageHeading.tsx";
import { Link, useNavigate } from "../router.ts";
import { bodyOf, emptyDraft, type ExperimentDraft } from "./draft.ts";
import { ExperimentForm } from "./ExperimentForm.tsx";
import { isUntouched, keepDraft, readDraft } from "./kept-draft.ts";

/** Makes an experiment. What is typed is kept in this tab until it is saved or discarded. */
export default function NewExperiment(): JSX.Element {
  const navigate = useNavigate();
  const kept = readDraft();
  const [start, setStart] = createSignal({ draft: kept ?? emptyDraft() });
  const [touched, setTouched] = createSignal(kept !== undefined);
  const save = async (draft: ExperimentDraft) => {
    const experiment = await createExperiment(bodyOf(draft));
    keepDraft(undefined);
    queryClient.setQueryData(experimentQuery(experiment.key).queryKey, experiment);
    void queryClient.invalidateQueries({ queryKey: experimentsQuery().queryKey, exact: true });
    void queryClient.invalidateQueries({ queryKey: layersQuery().queryKey });
    navigate(`/experiments/${experiment.key}/setup`);
  };
  const keep = (draft: ExperimentDraft) => {
    setTouched(!isUntouched(draft));
    keepDraft(isUntouched(draft) ? undefined : draft);
  };
  const discard = () => {
    keepDraft(undefined);
    setTouched(false);
    setStart({ draft: emptyDraft() });
    setTimeout(focusHeading);
  };
  return (
    <div class="grid max-w-[860px] gap-4">
      <nav aria-label="Breadcrumb" class="text-sm text-fg-2">
        <Link href="/experiments" class="hover:underline">
          Experiments
        </Link>{" "}
        <span aria-hidden="true">/</span> New
      </nav>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="New experiment" />
        <Show when={touched()}>
          <button type="button" class="button" onClick={discard}>
            Discard draft
          </button>
        </Show>
      </div>
      <Show when={start()} keyed>
        {(from) => (
          <ExperimentForm
            initial={from.draft}
            submitLabel="Create experiment"
            busyLabel="Creating…"
            note="It is made as a draft; nobody sees it before it is started."
            cancelHref="/experiments"
            check={(draft) => checkExperiment(bodyOf(draft))}
            save={save}
            onChange={keep}
          />
        )}
      </Show>
    </div>
  );
}
