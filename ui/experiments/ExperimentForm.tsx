import { useQuery } from "@tanstack/solid-query";
import { createEffect, createSignal, For, on, onCleanup, Show, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import type { ProblemError } from "../../contract/problem.ts";
import type { Rule } from "../../contract/targeting.ts";
import { ApiError, asApiError } from "../api/api-error.ts";
import { audiencesQuery, environmentsQuery, layersQuery, metricsQuery } from "../api/queries.ts";
import { BucketBar } from "../charts/BucketBar.tsx";
import { formatPercent } from "../format/number.ts";
import { suggestKey } from "../format/key.ts";
import { MetricForm } from "../metrics/MetricForm.tsx";
import { dataOr } from "../parts/data-or.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { createSubmission } from "../parts/submission.ts";
import { Link } from "../router.ts";
import { allMistakes, draftLabels, draftMistakes, unitOf, withoutMistakes, type ExperimentDraft } from "./draft.ts";
import { isOwnLayer, lostMistakes } from "./edit.ts";
import { MetricPicker } from "./MetricPicker.tsx";
import { ruleWords } from "./targeting-words.ts";
import { UNITS, UNIT_WORD, unitHint } from "./unit-words.ts";
import { VariantsEditor } from "./VariantsEditor.tsx";

const RECHECK_AFTER_MS = 400;

/**
 * Everything that can be said of an experiment before it starts, on one page. The form and the server find the mistakes
 * together; after a failed save they look again as these are mended.
 */
export function ExperimentForm(props: {
  initial: ExperimentDraft;
  /** A form for an experiment that exists: its key and type stay, and some things cannot be taken back. */
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
  const metrics = useQuery(metricsQuery);
  const layers = useQuery(layersQuery);
  const audiences = useQuery(audiencesQuery);
  const environments = useQuery(environmentsQuery);
  // Read once: what a form starts from does not change under its user.
  const before = props.initial;
  const [draft, setDraft] = createStore(structuredClone(before));
  const [makingMetric, setMakingMetric] = createSignal(false);

  const labels = () => draftLabels(draft);
  const fields = () => Object.keys(labels());
  const localMistakes = () => [...draftMistakes(draft), ...(props.editing === true ? lostMistakes(before, draft) : [])];
  const serverMistakes = async (local: readonly ProblemError[]): Promise<readonly ProblemError[]> => {
    try {
      await props.check(withoutMistakes(draft, local));
      return [];
    } catch (failure) {
      const error = asApiError(failure);
      return error.errors.length > 0 ? error.errors : [{ path: "", message: error.message }];
    }
  };
  const withServers = async (local: readonly ProblemError[]): Promise<ApiError | undefined> => {
    const errors = allMistakes(local, await serverMistakes(local), fields());
    return errors.length === 0
      ? undefined
      : new ApiError("The form is not complete yet.", { status: 0, code: "invalid_request", errors });
  };
  const form = createSubmission(fields, async () => {
    const local = localMistakes();
    const wrong = local.length === 0 ? undefined : await withServers(local);
    if (wrong) throw wrong;
    await props.save(draft);
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const recheck = async () => form.setError(await withServers(localMistakes()));
  createEffect(
    on(
      () => JSON.stringify(draft),
      () => {
        props.onChange?.(draft);
        if (form.attempt() === 0 || form.busy()) return;
        clearTimeout(timer);
        timer = setTimeout(() => void recheck(), RECHECK_AFTER_MS);
      },
      { defer: true },
    ),
  );

  const catalogue = () => dataOr(metrics, []);
  const sharedLayers = () => dataOr(layers, []).filter((layer) => !isOwnLayer(layer.key));
  const layer = () => sharedLayers().find((one) => one.key === draft.layer);
  const fixedUnit = () =>
    draft.layer === "" && draft.type === "ab" ? undefined : unitOf(draft, layer()?.unit_type) || undefined;
  const setType = (type: ExperimentDraft["type"]) => {
    setDraft("type", type);
    if (type === "split_url" && layer() !== undefined && layer()?.unit_type !== "device_id") setDraft("layer", "");
  };
  const environmentKeys = () => {
    const keys = dataOr(environments, []).map((one) => one.key);
    return keys.length === 0 ? ["production", "development"] : keys;
  };

  return (
    <div class="grid gap-4">
      <ErrorSummary error={form.error()} fields={fields()} attempt={form.attempt()} labels={labels()} />
      <form class="grid gap-4" onSubmit={form.submit} novalidate>
        <section class="card grid gap-4 p-4" aria-labelledby="details">
          <h2 id="details" class="text-lg font-semibold">
            Details
          </h2>
          <div class="grid gap-4 sm:grid-cols-2">
            <Field field="name" label="Name" error={form.mistake("name")}>
              {(control) => (
                <input
                  {...control}
                  class="control"
                  value={draft.name}
                  onInput={(event) => {
                    setDraft("name", event.currentTarget.value);
                    if (!draft.keyTouched) setDraft("key", suggestKey(event.currentTarget.value));
                  }}
                />
              )}
            </Field>
            <Field
              field="key"
              label="Key"
              hint="How code and the API name it; it can never change."
              error={form.mistake("key")}
            >
              {(control) => (
                <input
                  {...control}
                  class="control font-mono text-sm"
                  spellcheck={false}
                  disabled={props.editing === true}
                  value={draft.key}
                  onInput={(event) => setDraft({ key: event.currentTarget.value, keyTouched: true })}
                />
              )}
            </Field>
          </div>
          <Field
            field="hypothesis"
            label="Hypothesis"
            optional
            hint="Because we saw …, we expect that … will change … by …"
            error={form.mistake("hypothesis")}
          >
            {(control) => (
              <textarea
                {...control}
                class="control h-auto py-1"
                rows="2"
                value={draft.hypothesis}
                onInput={(event) => setDraft("hypothesis", event.currentTarget.value)}
              />
            )}
          </Field>
          <div class="grid gap-4 sm:grid-cols-2">
            <Field field="type" label="Type" error={form.mistake("type")}>
              {(control) => (
                <select
                  {...control}
                  class="control"
                  disabled={props.editing === true}
                  value={draft.type}
                  onChange={(event) => setType(event.currentTarget.value === "split_url" ? "split_url" : "ab")}
                >
                  <option value="ab">A/B: your code asks which variant to show</option>
                  <option value="split_url">Split-URL: the edge redirects to another page</option>
                </select>
              )}
            </Field>
            <Show when={draft.type === "split_url"}>
              <Field
                field="url"
                label="Page"
                hint="The page that is tested: a path such as /landing, or a whole URL."
                error={form.mistake("url")}
              >
                {(control) => (
                  <input
                    {...control}
                    class="control"
                    spellcheck={false}
                    value={draft.url}
                    onInput={(event) => setDraft("url", event.currentTarget.value)}
                  />
                )}
              </Field>
            </Show>
          </div>
          <fieldset id="field-environments" tabindex="-1" class="grid gap-1">
            <legend class="text-sm font-medium">Environments</legend>
            <div class="flex flex-wrap gap-x-6">
              <For each={environmentKeys()}>
                {(key) => (
                  <label class="flex min-h-6 items-center gap-2">
                    <input
                      type="checkbox"
                      class="size-4 accent-accent"
                      checked={draft.environments.includes(key)}
                      onChange={(event) =>
                        setDraft(
                          "environments",
                          event.currentTarget.checked
                            ? [...draft.environments, key]
                            : draft.environments.filter((one) => one !== key),
                        )
                      }
                    />
                    {key}
                  </label>
                )}
              </For>
            </div>
            <Show when={form.mistake("environments")}>{(message) => <p class="text-sm text-bad">{message()}</p>}</Show>
          </fieldset>
        </section>

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

        <section class="card grid gap-4 p-4" aria-labelledby="metrics">
          <div class="flex flex-wrap items-center justify-between gap-2">
            <h2 id="metrics" class="text-lg font-semibold">
              Metrics
            </h2>
            <button type="button" class="button" onClick={() => setMakingMetric(true)}>
              New metric
            </button>
          </div>
          <Show when={metrics.isLoadingError}>
            <ErrorPanel error={metrics.error} what="The metrics could not be loaded." retry={() => metrics.refetch()} />
          </Show>
          <Field
            field="primary_metric"
            label="Primary metric"
            hint="The one that decides. It can be left open in a draft; starting needs it."
            error={form.mistake("primary_metric")}
          >
            {(control) => (
              <select
                {...control}
                class="control"
                onChange={(event) => setDraft("primary_metric", event.currentTarget.value)}
              >
                <option value="" selected={draft.primary_metric === ""}>
                  {metrics.isPending ? "Loading…" : "Choose a metric…"}
                </option>
                <For each={catalogue()}>
                  {(metric) => (
                    <option value={metric.key} selected={draft.primary_metric === metric.key}>
                      {metric.name}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <div class="grid gap-4 sm:grid-cols-2">
            <MetricPicker
              field="secondary_metrics"
              label="Secondary metrics"
              hint="What else you would like to learn."
              metrics={catalogue()}
              chosen={draft.secondary_metrics}
              taken={[draft.primary_metric, ...draft.guardrail_metrics]}
              error={form.mistake("secondary_metrics")}
              onChange={(keys) => setDraft("secondary_metrics", keys)}
            />
            <MetricPicker
              field="guardrail_metrics"
              label="Guardrails"
              hint="What must not get worse."
              metrics={catalogue()}
              chosen={draft.guardrail_metrics}
              taken={[draft.primary_metric, ...draft.secondary_metrics]}
              error={form.mistake("guardrail_metrics")}
              onChange={(keys) => setDraft("guardrail_metrics", keys)}
            />
          </div>
          <div class="grid gap-4 sm:grid-cols-2">
            <Field
              field="min_detectable_effect"
              label="Smallest change worth finding, % relative"
              optional
              error={form.mistake("min_detectable_effect")}
            >
              {(control) => (
                <input
                  {...control}
                  class="control"
                  inputmode="decimal"
                  value={draft.min_detectable_effect}
                  onInput={(event) => setDraft("min_detectable_effect", event.currentTarget.value)}
                />
              )}
            </Field>
            <Field
              field="estimated_duration_days"
              label="Length, whole days"
              hint="The interval is to be read once, at this end."
              error={form.mistake("estimated_duration_days")}
            >
              {(control) => (
                <input
                  {...control}
                  class="control"
                  inputmode="numeric"
                  value={draft.estimated_duration_days}
                  onInput={(event) => setDraft("estimated_duration_days", event.currentTarget.value)}
                />
              )}
            </Field>
          </div>
        </section>

        <section class="card grid gap-4 p-4" aria-labelledby="traffic">
          <h2 id="traffic" class="text-lg font-semibold">
            Traffic
          </h2>
          <div class="grid gap-4 sm:grid-cols-2">
            <Field
              field="layer"
              label="Layer"
              hint="Experiments in one layer never share a user."
              error={form.mistake("layer")}
            >
              {(control) => (
                <select {...control} class="control" onChange={(event) => setDraft("layer", event.currentTarget.value)}>
                  <option
                    value=""
                    selected={draft.layer === ""}
                    disabled={props.editing === true && before.layer !== ""}
                  >
                    None: traffic of its own
                  </option>
                  <For each={sharedLayers()}>
                    {(one) => (
                      <option
                        value={one.key}
                        selected={draft.layer === one.key}
                        disabled={draft.type === "split_url" && one.unit_type !== "device_id"}
                      >
                        {one.name} (by {one.unit_type})
                      </option>
                    )}
                  </For>
                </select>
              )}
            </Field>
            <Field
              field="traffic"
              label="Share of the traffic, %"
              hint="It can grow later without moving anyone."
              error={form.mistake("traffic")}
            >
              {(control) => (
                <input
                  {...control}
                  class="control"
                  inputmode="decimal"
                  value={draft.traffic}
                  onInput={(event) => setDraft("traffic", event.currentTarget.value)}
                />
              )}
            </Field>
          </div>
          <div class="grid gap-4 sm:grid-cols-2">
            <Field
              field={draft.unit === "other" && fixedUnit() === undefined ? "unit_choice" : "unit_type"}
              label="Counted by"
              hint={unitHint(fixedUnit() ?? unitOf(draft, undefined), layer()?.name)}
              error={draft.unit === "other" ? undefined : form.mistake("unit_type")}
            >
              {(control) => (
                <select
                  {...control}
                  class="control"
                  disabled={fixedUnit() !== undefined}
                  onChange={(event) =>
                    setDraft("unit", UNITS.find((one) => one === event.currentTarget.value) ?? "device_id")
                  }
                >
                  <Show when={fixedUnit()}>
                    {(unit) => <option selected>{unit() === "device_id" ? UNIT_WORD.device_id : unit()}</option>}
                  </Show>
                  <For each={UNITS}>
                    {(one) => (
                      <option value={one} selected={fixedUnit() === undefined && draft.unit === one}>
                        {UNIT_WORD[one]}
                      </option>
                    )}
                  </For>
                </select>
              )}
            </Field>
            <Show when={draft.unit === "other" && fixedUnit() === undefined}>
              <Field
                field="unit_type"
                label="Attribute"
                hint="What your code calls it in the context: company_id, …"
                error={form.mistake("unit_type")}
              >
                {(control) => (
                  <input
                    {...control}
                    class="control font-mono text-sm"
                    spellcheck={false}
                    value={draft.other_unit}
                    onInput={(event) => setDraft("other_unit", event.currentTarget.value)}
                  />
                )}
              </Field>
            </Show>
          </div>
          <Show when={layer()}>
            {(one) => (
              <div class="grid gap-1">
                <BucketBar
                  ranges={one().slots.map((slot) => ({ ...slot, label: slot.experiment_key, own: false }))}
                  summary={`${formatPercent(one().free_buckets / 10_000, 0)} of ${one().name} is free.`}
                />
                <p class="text-sm text-fg-2">{formatPercent(one().free_buckets / 10_000, 0)} of this layer is free.</p>
              </div>
            )}
          </Show>
          <Show when={props.rules === undefined} fallback={<FixedRules rules={props.rules ?? []} />}>
            <div class="grid gap-4 sm:grid-cols-3">
              <Field
                field="targeting.countries"
                label="Countries"
                optional
                hint="US, CA, …"
                error={form.mistake("targeting.countries")}
              >
                {(control) => (
                  <input
                    {...control}
                    class="control"
                    value={draft.countries}
                    onInput={(event) => setDraft("countries", event.currentTarget.value)}
                  />
                )}
              </Field>
              <Field
                field="targeting.platforms"
                label="Platforms"
                optional
                hint="web, ios, …"
                error={form.mistake("targeting.platforms")}
              >
                {(control) => (
                  <input
                    {...control}
                    class="control"
                    value={draft.platforms}
                    onInput={(event) => setDraft("platforms", event.currentTarget.value)}
                  />
                )}
              </Field>
              <Field
                field="targeting.user_segment"
                label="Audience"
                optional
                error={form.mistake("targeting.user_segment")}
              >
                {(control) => (
                  <select
                    {...control}
                    class="control"
                    onChange={(event) => setDraft("audience", event.currentTarget.value)}
                  >
                    <option value="" selected={draft.audience === ""}>
                      Everyone
                    </option>
                    <For each={dataOr(audiences, [])}>
                      {(audience) => (
                        <option value={audience.key} selected={draft.audience === audience.key}>
                          {audience.name}
                        </option>
                      )}
                    </For>
                  </select>
                )}
              </Field>
            </div>
          </Show>
        </section>

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

/** Rules that the three fields cannot say are left as they are. */
function FixedRules(props: { rules: readonly Rule[] }): JSX.Element {
  return (
    <div class="grid gap-1 text-sm">
      <p class="font-medium">Who</p>
      <ul class="grid gap-1">
        <For each={props.rules}>{(rule) => <li class="break-words">{ruleWords(rule)}</li>}</For>
      </ul>
      <p class="text-fg-3">These rules were written with the API, and stay as they are here.</p>
    </div>
  );
}
