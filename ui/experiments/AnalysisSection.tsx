import { For, Show, type JSX } from "solid-js";
import { Field } from "../parts/Field.tsx";
import { type AnalysisDraft, ANALYSIS_LABELS, hasParameter } from "./analysis-draft.ts";
import {
  CORRECTION_WORD,
  CORRECTIONS,
  METHOD_SENTENCE,
  METHOD_WORD,
  METHODS,
  SPENDING_WORD,
  SPENDINGS,
} from "./analysis-words.ts";
import type { SectionProps } from "./section-props.ts";

type TextField = "tuning_units" | "looks" | "spending_parameter" | "prior_sd" | "loss_threshold" | "min_days";

/** How the numbers will be read. It is fixed with the start, so that nobody chooses it by what it makes of them. */
export function AnalysisSection(props: SectionProps): JSX.Element {
  const analysis = () => props.draft.analysis;
  const set = <Name extends keyof AnalysisDraft>(name: Name, value: AnalysisDraft[Name]) =>
    props.setDraft("analysis", (before) => ({ ...before, [name]: value }));
  const mistake = (name: keyof AnalysisDraft) => props.mistake(`analysis.${name}`);
  const figure = (name: TextField, label: string, hint: string): JSX.Element => (
    <Field field={`analysis.${name}`} label={label} hint={hint} error={mistake(name)}>
      {(control) => (
        <input
          {...control}
          class="control"
          inputmode="decimal"
          value={analysis()[name]}
          onInput={(event) => set(name, event.currentTarget.value)}
        />
      )}
    </Field>
  );
  return (
    <section class="card grid gap-4 p-4" aria-labelledby="analysis">
      <div>
        <h2 id="analysis" class="text-lg font-semibold">
          How it is read
        </h2>
        <p class="text-sm text-fg-2">
          Fixed with the start, so that nobody chooses it by what it makes of the numbers.
        </p>
      </div>
      <fieldset id="field-analysis-method" tabindex="-1" class="grid gap-2">
        <legend class="mb-1 text-sm font-medium">{ANALYSIS_LABELS.method}</legend>
        <For each={METHODS}>
          {(method) => (
            <label class="flex items-start gap-2">
              <input
                type="radio"
                name="method"
                class="mt-0.5 size-4 shrink-0 accent-accent"
                checked={analysis().method === method}
                onChange={() => set("method", method)}
              />
              <span class="min-w-0">
                <span class="font-medium">{METHOD_WORD[method]}</span>
                <span class="block text-sm text-fg-2">{METHOD_SENTENCE[method]}</span>
              </span>
            </label>
          )}
        </For>
        <Show when={mistake("method")}>{(message) => <p class="text-sm text-bad">{message()}</p>}</Show>
      </fieldset>
      <div class="grid gap-4 sm:grid-cols-2">
        <Show when={analysis().method === "anytime"}>
          {figure("tuning_units", "Narrowest at, users", "Of two variants together, when a decision is likely.")}
        </Show>
        <Show when={analysis().method === "group_sequential"}>
          {figure("looks", "Looks", "Evenly over the planned length, the last one at its end.")}
          <Field
            field="analysis.spending"
            label="Spending"
            hint="How much of the significance level each look may use."
            error={mistake("spending")}
          >
            {(control) => (
              <select
                {...control}
                class="control"
                onChange={(event) =>
                  set("spending", SPENDINGS.find((one) => one === event.currentTarget.value) ?? "obrien_fleming")
                }
              >
                <For each={SPENDINGS}>
                  {(one) => (
                    <option value={one} selected={analysis().spending === one}>
                      {SPENDING_WORD[one]}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
          <Show when={hasParameter(analysis())}>
            {figure(
              "spending_parameter",
              "Parameter of the spending",
              analysis().spending === "power"
                ? "ρ, from 0.1 to 10: the larger, the stricter early."
                : "γ, from −40 to 40.",
            )}
          </Show>
        </Show>
        <Show when={analysis().method === "bayesian"}>
          {figure("prior_sd", "Prior: usual size of a change, %", "Its standard deviation around 0; empty is flat.")}
          {figure("loss_threshold", "Ship below an expected loss of, %", "What a wrong choice may cost on average.")}
        </Show>
        {figure("min_days", "Shortest length, days", "Nothing is shipped before; harm is told at once.")}
        <Field
          field="analysis.correction"
          label="Correction"
          hint="For comparing several variants with the control; with two variants nothing changes."
          error={mistake("correction")}
        >
          {(control) => (
            <select
              {...control}
              class="control"
              onChange={(event) =>
                set("correction", CORRECTIONS.find((one) => one === event.currentTarget.value) ?? "holm")
              }
            >
              <For each={CORRECTIONS}>
                {(one) => (
                  <option value={one} selected={analysis().correction === one}>
                    {CORRECTION_WORD[one]}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </div>
      <Field field="analysis.cuped" label="CUPED" error={mistake("cuped")} hideLabel>
        {(control) => (
          <label class="flex min-h-6 items-start gap-2">
            <input
              {...control}
              type="checkbox"
              class="mt-0.5 size-4 shrink-0 accent-accent"
              checked={analysis().cuped}
              onChange={(event) => set("cuped", event.currentTarget.checked)}
            />
            <span class="min-w-0">
              <span class="font-medium">Sharpen by the past (CUPED)</span>
              <span class="block text-sm text-fg-2">
                Takes away what users’ behaviour before their exposure explains, where it is known.
              </span>
            </span>
          </label>
        )}
      </Field>
    </section>
  );
}
