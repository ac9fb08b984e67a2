import { Show, type JSX } from "solid-js";
import { suggestKey } from "../format/key.ts";
import { Field } from "../parts/Field.tsx";
import type { ExperimentDraft } from "./draft.ts";
import { EnvironmentsField } from "./EnvironmentsField.tsx";
import type { SectionProps } from "./section-props.ts";

/** What an experiment is called, why it is run, of which type it is and where. */
export function DetailsSection(
  props: SectionProps & {
    /** The key and the type of an experiment that exists stay. */
    editing: boolean;
    onType: (type: ExperimentDraft["type"]) => void;
  },
): JSX.Element {
  return (
    <section class="card grid gap-4 p-4" aria-labelledby="details">
      <h2 id="details" class="text-lg font-semibold">
        Details
      </h2>
      <div class="grid gap-4 sm:grid-cols-2">
        <Field field="name" label="Name" error={props.mistake("name")}>
          {(control) => (
            <input
              {...control}
              class="control"
              value={props.draft.name}
              onInput={(event) => {
                props.setDraft("name", event.currentTarget.value);
                if (!props.draft.keyTouched) props.setDraft("key", suggestKey(event.currentTarget.value));
              }}
            />
          )}
        </Field>
        <Field
          field="key"
          label="Key"
          hint="How code and the API name it; it can never change."
          error={props.mistake("key")}
        >
          {(control) => (
            <input
              {...control}
              class="control font-mono text-sm"
              spellcheck={false}
              disabled={props.editing}
              value={props.draft.key}
              onInput={(event) => props.setDraft({ key: event.currentTarget.value, keyTouched: true })}
            />
          )}
        </Field>
      </div>
      <Field
        field="hypothesis"
        label="Hypothesis"
        optional
        hint="Because we saw …, we expect that … will change … by …"
        error={props.mistake("hypothesis")}
      >
        {(control) => (
          <textarea
            {...control}
            class="control h-auto py-1"
            rows="2"
            value={props.draft.hypothesis}
            onInput={(event) => props.setDraft("hypothesis", event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="grid gap-4 sm:grid-cols-2">
        <Field field="type" label="Type" error={props.mistake("type")}>
          {(control) => (
            <select
              {...control}
              class="control"
              disabled={props.editing}
              value={props.draft.type}
              onChange={(event) => props.onType(event.currentTarget.value === "split_url" ? "split_url" : "ab")}
            >
              <option value="ab">A/B: your code asks which variant to show</option>
              <option value="split_url">Split-URL: the edge redirects to another page</option>
              {/* Always there, for a select takes no value that it has no option for yet; made with the API only. */}
              <option value="interleaving" hidden={props.draft.type !== "interleaving"}>
                Interleaving: two rankings are merged into one list
              </option>
            </select>
          )}
        </Field>
        <Show when={props.draft.type === "split_url"}>
          <Field
            field="url"
            label="Page"
            hint="The page that is tested: a path such as /landing, or a whole URL."
            error={props.mistake("url")}
          >
            {(control) => (
              <input
                {...control}
                class="control"
                spellcheck={false}
                value={props.draft.url}
                onInput={(event) => props.setDraft("url", event.currentTarget.value)}
              />
            )}
          </Field>
        </Show>
      </div>
      <EnvironmentsField draft={props.draft} setDraft={props.setDraft} mistake={props.mistake} />
    </section>
  );
}
