import { useQuery } from "@tanstack/solid-query";
import { Show, type JSX } from "solid-js";
import { unwrap } from "solid-js/store";
import type { Experiment } from "../../contract/experiment.ts";
import { changeExperiment, checkChange } from "../api/admin.ts";
import { experimentQuery, experimentsQuery, layersQuery, queryClient } from "../api/queries.ts";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Link, useNavigate, useParams } from "../router.ts";
import type { ExperimentDraft } from "./draft.ts";
import { changeBetween, draftOf, targetingFields } from "./edit.ts";
import { ExperimentForm } from "./ExperimentForm.tsx";

/** Changes an experiment that has not started. Nothing is written when somebody else has changed it meanwhile. */
export default function EditExperiment(): JSX.Element {
  const params = useParams();
  const key = () => params.key ?? "";
  const experiment = useQuery(() => experimentQuery(key()));
  return (
    <div class="grid max-w-[860px] gap-4">
      <nav aria-label="Breadcrumb" class="text-sm text-fg-2">
        <Link href="/experiments" class="hover:underline">
          Experiments
        </Link>{" "}
        <span aria-hidden="true">/</span>{" "}
        <Link href={`/experiments/${key()}/setup`} class="hover:underline">
          {key()}
        </Link>{" "}
        <span aria-hidden="true">/</span> Edit
      </nav>
      <PageHeading title={`Edit ${key()}`} />
      <Loaded query={experiment} what="This experiment" skeleton={[380, 380]}>
        {(data) => (
          <Show
            when={data().status === "draft"}
            fallback={
              <EmptyPanel
                title="It has started"
                text="Variants, weights, targeting and metrics are locked from the start on, so that the numbers stay about one thing."
              >
                <Link class="button" href={`/experiments/${key()}/setup`}>
                  See the setup
                </Link>
              </EmptyPanel>
            }
          >
            <DraftForm experiment={data()} />
          </Show>
        )}
      </Loaded>
    </div>
  );
}

function DraftForm(props: { experiment: Experiment }): JSX.Element {
  const navigate = useNavigate();
  // What the form was filled from, whatever is fetched meanwhile.
  const { key, revision, targeting } = structuredClone(unwrap(props.experiment));
  const before = draftOf(props.experiment);
  const seen = { key, revision };
  const change = (draft: ExperimentDraft) => changeBetween(before, draft);
  const save = async (draft: ExperimentDraft) => {
    const changed = await changeExperiment(seen, change(draft));
    queryClient.setQueryData(experimentQuery(key).queryKey, changed);
    void queryClient.invalidateQueries({ queryKey: experimentsQuery().queryKey, exact: true });
    void queryClient.invalidateQueries({ queryKey: layersQuery().queryKey });
    navigate(`/experiments/${key}/setup`);
  };
  return (
    <ExperimentForm
      initial={before}
      editing
      rules={targetingFields(targeting.rules) === undefined ? targeting.rules : undefined}
      submitLabel="Save changes"
      busyLabel="Saving…"
      note="It stays a draft until it is started."
      cancelHref={`/experiments/${key}/setup`}
      check={(draft) => checkChange(seen, change(draft))}
      save={save}
    />
  );
}
