import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import type { Rule } from "../../contract/targeting.ts";
import { layersQuery } from "../api/queries.ts";
import { MetricForm } from "../metrics/MetricForm.tsx";
import { dataOr } from "../parts/data-or.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Link } from "../router.ts";
import { AnalysisSection } from "./AnalysisSection.tsx";
import { DetailsSection } from "./DetailsSection.tsx";
import { draftLabels, draftMistakes, type ExperimentDraft } from "./draft.ts";
import { createDraftSubmission } from "./draft-submission.ts";
import { isOwnLayer } from "./edit.ts";
import { MetricsSection } from "./MetricsSection.tsx";
import { TrafficSection } from "./TrafficSection.tsx";
import { VariantsEditor } from "./VariantsEditor.tsx";

/**
 * Everything that can be said of an experiment before it starts, on one page. The state lives here: every section is given
 * the one draft.
 */
export function ExperimentForm(props: {
  initial: ExperimentDraft;
  /** A form for an experiment that exists: its key and type stay. */
  editing?: boolean;
  /** Stands in for the targeting fields when the rules say more than these can. */
  rules?: readonly Rule[] | undefined;
  submitLabel: string;
  busyLabel: string;
  note: string;
  cancelHref: string;
  /** Finds the server's mistakes and changes nothing. */
  check: (draft: ExperimentDraft) => Promise<unknown>;
  save: (draft: ExperimentDraft) => Promise<void>;
  onChange?: (draft: ExperimentDraft) => void;
}): JSX.Element {
  const layers = useQuery(layersQuery);
  // Read once: what a form starts from does not change under its user.
  const [draft, setDraft] = createStore(structuredClone(props.initial));
  const [makingMetric, setMakingMetric] = createSignal(false);

  const labels = () => draftLabels(draft);
  const fields = () => Object.keys(labels());
  const localMistakes = () => draftMistakes(draft);
  const form = createDraftSubmission(draft, {
    fields,
    localMistakes,
    check: (checked) => props.check(checked),
    save: (saved) => props.save(saved),
    onChange: (changed) => props.onChange?.(changed),
  });

  const sharedLayers = () => dataOr(layers, []).filter((layer) => !isOwnLayer(layer.key));
  const layer = () => sharedLayers().find((one) => one.key === draft.layer);
  const setType = (type: ExperimentDraft["type"]) => {
    setDraft("type", type);
    if (type === "split_url" && layer() !== undefined && layer()?.unit_type !== "device_id") setDraft("layer", "");
  };

  return (
    <div class="grid gap-4">
      <ErrorSummary error={form.error()} fields={fields()} attempt={form.attempt()} labels={labels()} />
      <form class="grid gap-4" onSubmit={form.submit} novalidate>
        <DetailsSection
          draft={draft}
          setDraft={setDraft}
          mistake={form.mistake}
          editing={props.editing === true}
          onType={setType}
        />

        <section class="card grid gap-4 p-4" aria-labelledby="variants">
          <h2 id="variants" class="text-lg font-semibold">
            Variants
          </h2>
          <VariantsEditor
            variants={draft.variants}
            type={draft.type}
            mistake={form.mistake}
            onChange={(variants) => setDraft("variants", variants)}
          />
        </section>

        <MetricsSection
          draft={draft}
          setDraft={setDraft}
          mistake={form.mistake}
          onNewMetric={() => setMakingMetric(true)}
        />

        <AnalysisSection draft={draft} setDraft={setDraft} mistake={form.mistake} />

        <TrafficSection
          draft={draft}
          setDraft={setDraft}
          mistake={form.mistake}
          layers={sharedLayers()}
          layer={layer()}
          rules={props.rules}
        />

        <div class="flex flex-wrap items-center justify-end gap-3">
          <p class="text-sm text-fg-2">{props.note}</p>
          <Link class="button" href={props.cancelHref}>
            Cancel
          </Link>
          <button type="submit" class="button button-primary" disabled={form.busy()}>
            <Show when={form.busy()} fallback={props.submitLabel}>
              {props.busyLabel}
            </Show>
          </button>
        </div>
      </form>
      <Dialog open={makingMetric()} title="New metric" onClose={() => setMakingMetric(false)}>
        <MetricForm
          onCreated={(metric) => {
            if (draft.primary_metric === "") setDraft("primary_metric", metric.key);
            setMakingMetric(false);
          }}
          onCancel={() => setMakingMetric(false)}
        />
      </Dialog>
    </div>
  );
}
