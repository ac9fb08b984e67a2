import { createSignal, Show, type JSX } from "solid-js";
import type { Flag, FlagRule, NewFlagRule } from "../../contract/flag.ts";
import type { JsonValue } from "../../contract/json.ts";
import { changeFlag } from "../api/admin.ts";
import { flagsQuery, queryClient } from "../api/queries.ts";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { createSubmission } from "../parts/submission.ts";
import { valueFrom } from "./flag-value.ts";
import { inRules, noList, notJson } from "./rule-mistakes.ts";

const FIELDS = ["environments"] as const;

/** A rule as it is written: what says nothing is left out. */
const written = (rule: FlagRule): NewFlagRule => ({
  ...(rule.name === "" ? {} : { name: rule.name }),
  ...(rule.conditions.length === 0 ? {} : { conditions: rule.conditions }),
  ...(rule.experiment === null
    ? rule.variant === null
      ? { value: rule.value }
      : { variant: rule.variant }
    : { experiment: rule.experiment, ...(rule.values === null ? {} : { values: rule.values }) }),
  ...(rule.rollout === null ? {} : { rollout: rule.rollout }),
  ...(rule.schedule.length === 0 ? {} : { schedule: rule.schedule }),
  ...(rule.unit_type === null ? {} : { unit_type: rule.unit_type }),
  ...(rule.salt === null ? {} : { salt: rule.salt }),
});

/** Changes the rules of one environment: a share for everyone in two fields, anything else as JSON. */
export function RulesForm(props: { flag: Flag; environment: string; onDone: () => void }): JSX.Element {
  // What is edited is the flag as it was when the form was opened: one that was read again meanwhile must not pass for it.
  const { key, revision } = props.flag;
  const before = () => props.flag.environments[props.environment];
  const [text, setText] = createSignal(JSON.stringify((before()?.rules ?? []).map(written), null, 2));
  const [share, setShare] = createSignal("100");
  const [value, setValue] = createSignal(props.flag.type === "boolean" ? "true" : "");
  const [wrongShare, setWrongShare] = createSignal<string>();
  const parsed = (): JsonValue | undefined => {
    try {
      return JSON.parse(text()) as JsonValue;
    } catch {
      return undefined;
    }
  };
  const add = () => {
    const percent = share().trim() === "" ? Number.NaN : Number(share());
    setWrongShare(percent >= 0 && percent <= 100 ? undefined : "Use a share from 0 to 100.");
    if (wrongShare() !== undefined) return;
    const rules = text().trim() === "" ? [] : parsed();
    form.setError(Array.isArray(rules) ? undefined : rules === undefined ? notJson() : noList());
    // What is typed stays as it is until it can be read.
    if (!Array.isArray(rules)) return;
    const rule = {
      value: valueFrom(props.flag.type, value()),
      ...(percent < 100 ? { rollout: Number((percent / 100).toPrecision(12)) } : {}),
    };
    setText(JSON.stringify([...rules, rule], null, 2));
  };
  /** Enter in these fields is for the rule they make; the form would be saved without it. */
  const addOnEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  };
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const rules = parsed();
      if (rules === undefined) throw notJson();
      try {
        await changeFlag(
          { key, revision },
          {
            // The server says what is wrong with rules that are none.
            environments: {
              [props.environment]: { enabled: before()?.enabled ?? false, rules: rules as unknown as NewFlagRule[] },
            },
          },
        );
      } catch (failure) {
        const error = inRules(failure);
        if (error.code === "stale_revision") void queryClient.invalidateQueries({ queryKey: flagsQuery().queryKey });
        throw error;
      }
      await queryClient.invalidateQueries({ queryKey: flagsQuery().queryKey });
      props.onDone();
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} prefix="rules" />
      <fieldset class="grid gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-start">
        <legend class="mb-1 text-sm font-semibold">Add a rollout</legend>
        <Field prefix="rules" field="share" label="Share of everyone, %" error={wrongShare()}>
          {(control) => (
            <input
              {...control}
              class="control"
              type="number"
              step="any"
              value={share()}
              onInput={(event) => setShare(event.currentTarget.value)}
              onKeyDown={addOnEnter}
            />
          )}
        </Field>
        <Field prefix="rules" field="value" label="gets the value">
          {(control) => (
            <input
              {...control}
              class="control font-mono text-sm"
              spellcheck={false}
              value={value()}
              onInput={(event) => setValue(event.currentTarget.value)}
              onKeyDown={addOnEnter}
            />
          )}
        </Field>
        <button type="button" class="button sm:mt-6" onClick={add}>
          Add
        </button>
      </fieldset>
      <Field
        prefix="rules"
        field="environments"
        label="Rules as JSON, first one that applies decides"
        hint="Each has a value, a variant or an experiment, and may have conditions, a rollout from 0 to 1 and a schedule."
        error={form.mistake("environments")}
      >
        {(control) => (
          <textarea
            {...control}
            class="control min-h-[220px] font-mono text-sm"
            spellcheck={false}
            value={text()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Show when={before()?.enabled}>
        <p class="text-sm text-warn">The flag is on here: what you save decides within seconds.</p>
      </Show>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onDone()}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={form.busy()}>
          Save rules
        </button>
      </div>
    </form>
  );
}
