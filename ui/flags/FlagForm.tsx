import { createSignal, For, type JSX } from "solid-js";
import { createStore } from "solid-js/store";
import type { Flag, FlagType, NewFlag } from "../../contract/flag.ts";
import { createFlag } from "../api/admin.ts";
import { flagsQuery, queryClient } from "../api/queries.ts";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { createSubmission } from "../parts/submission.ts";
import { FLAG_TYPES, FLAG_TYPE_WORD } from "./flag-words.ts";
import { FIRST_VALUE, valueFrom } from "./flag-value.ts";

const FIELDS = ["key", "description", "type", "default_value"] as const;

/** Makes a flag, which is off everywhere. */
export function FlagForm(props: { onCreated: (flag: Flag) => void; onCancel: () => void }): JSX.Element {
  const [draft, setDraft] = createStore<{ key: string; description: string; type: FlagType; value: string }>({
    key: "",
    description: "",
    type: "boolean",
    value: FIRST_VALUE.boolean,
  });
  const [valueTouched, setValueTouched] = createSignal(false);
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const body: NewFlag = {
        key: draft.key,
        type: draft.type,
        default_value: valueFrom(draft.type, draft.value),
        ...(draft.description === "" ? {} : { description: draft.description }),
      };
      const flag = await createFlag(body);
      await queryClient.invalidateQueries({ queryKey: flagsQuery().queryKey });
      props.onCreated(flag);
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} prefix="flag" />
      <Field
        prefix="flag"
        field="key"
        label="Key"
        hint="How code asks for it; it can never change."
        error={form.mistake("key")}
      >
        {(control) => (
          <input
            {...control}
            class="control font-mono text-sm"
            spellcheck={false}
            required
            value={draft.key}
            onInput={(event) => setDraft("key", event.currentTarget.value)}
          />
        )}
      </Field>
      <Field prefix="flag" field="description" label="What it does" optional error={form.mistake("description")}>
        {(control) => (
          <input
            {...control}
            class="control"
            value={draft.description}
            onInput={(event) => setDraft("description", event.currentTarget.value)}
          />
        )}
      </Field>
      <Field prefix="flag" field="type" label="Type" hint="It can never change." error={form.mistake("type")}>
        {(control) => (
          <select
            {...control}
            class="control"
            value={draft.type}
            onChange={(event) => {
              const type = FLAG_TYPES.find((one) => one === event.currentTarget.value);
              if (!type) return;
              setDraft("type", type);
              if (!valueTouched()) setDraft("value", FIRST_VALUE[type]);
            }}
          >
            <For each={FLAG_TYPES}>{(type) => <option value={type}>{FLAG_TYPE_WORD[type]}</option>}</For>
          </select>
        )}
      </Field>
      <Field
        prefix="flag"
        field="default_value"
        label="Default"
        hint="What is served where the flag is off, and where no rule applies."
        error={form.mistake("default_value")}
      >
        {(control) => (
          <input
            {...control}
            class="control font-mono text-sm"
            spellcheck={false}
            value={draft.value}
            onInput={(event) => {
              setValueTouched(true);
              setDraft("value", event.currentTarget.value);
            }}
          />
        )}
      </Field>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={form.busy()}>
          Create flag
        </button>
      </div>
    </form>
  );
}
