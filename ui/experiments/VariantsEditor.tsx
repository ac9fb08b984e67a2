import { Index, Show, type JSX } from "solid-js";
import { Mark } from "../charts/Mark.tsx";
import { variantMark } from "../charts/variant-mark.ts";
import { formatNumber } from "../format/number.ts";
import { suggestKey } from "../format/key.ts";
import { Field } from "../parts/Field.tsx";
import {
  aVariantDraft,
  evenWeights,
  type ExperimentDraft,
  payloadMistake,
  type VariantDraft,
  weightSum,
} from "./draft.ts";

const MOST = 20;

/** The variants of a draft: the first is the control. */
export function VariantsEditor(props: {
  variants: readonly VariantDraft[];
  type: ExperimentDraft["type"];
  mistake: (field: string) => string | undefined;
  onChange: (variants: VariantDraft[]) => void;
}): JSX.Element {
  const sum = () => weightSum(props.variants);
  const change = (index: number, part: Partial<VariantDraft>) =>
    props.onChange(props.variants.map((variant, at) => (at === index ? { ...variant, ...part } : variant)));
  const split = (variants: readonly VariantDraft[]) => {
    const weights = evenWeights(variants.length);
    props.onChange(variants.map((variant, index) => ({ ...variant, weight: weights[index] ?? variant.weight })));
  };
  const rename = (index: number, variant: VariantDraft, name: string) =>
    change(index, { name, ...(variant.keyTouched ? {} : { key: suggestKey(name) }) });
  return (
    <div class="grid gap-4">
      <ul class="grid gap-4">
        <Index each={props.variants}>
          {(variant, index) => (
            <li class="grid gap-3 rounded-control border border-line p-3">
              <div class="flex flex-wrap items-center justify-between gap-2">
                <span class="flex items-center gap-2 font-semibold">
                  <Mark mark={variantMark(index)} />
                  {index === 0 ? "Control" : `Variant ${index}`}
                  <Show when={index === 0}>
                    <span class="text-sm font-normal text-fg-2">what users have today</span>
                  </Show>
                </span>
                <Show when={index > 0 && props.variants.length > 2}>
                  <button
                    type="button"
                    class="button"
                    aria-label={`Remove ${variant().name || `variant ${index}`}`}
                    onClick={() => props.onChange(props.variants.filter((_, at) => at !== index))}
                  >
                    Remove
                  </button>
                </Show>
              </div>
              <div class="grid gap-3 sm:grid-cols-[2fr_2fr_1fr]">
                <Field field={`variants.${index}.name`} label="Name" error={props.mistake(`variants.${index}.name`)}>
                  {(control) => (
                    <input
                      {...control}
                      class="control"
                      value={variant().name}
                      onInput={(event) => rename(index, variant(), event.currentTarget.value)}
                    />
                  )}
                </Field>
                <Field field={`variants.${index}.key`} label="Key" error={props.mistake(`variants.${index}.key`)}>
                  {(control) => (
                    <input
                      {...control}
                      class="control font-mono text-sm"
                      spellcheck={false}
                      value={variant().key}
                      onInput={(event) => change(index, { key: event.currentTarget.value, keyTouched: true })}
                    />
                  )}
                </Field>
                <Field
                  field={`variants.${index}.weight`}
                  label="Weight, %"
                  error={props.mistake(`variants.${index}.weight`)}
                >
                  {(control) => (
                    <input
                      {...control}
                      class="control text-right"
                      inputmode="decimal"
                      value={variant().weight}
                      onInput={(event) => change(index, { weight: event.currentTarget.value })}
                    />
                  )}
                </Field>
              </div>
              <Show
                when={props.type === "split_url"}
                fallback={
                  <Field
                    field={`variants.${index}.config`}
                    label="Payload, JSON"
                    optional
                    error={props.mistake(`variants.${index}.config`) ?? payloadMistake(variant().config)}
                  >
                    {(control) => (
                      <textarea
                        {...control}
                        class="control h-auto py-1 font-mono text-sm"
                        rows="2"
                        spellcheck={false}
                        placeholder='{"button_text": "Buy now"}'
                        value={variant().config}
                        onInput={(event) => change(index, { config: event.currentTarget.value })}
                      />
                    )}
                  </Field>
                }
              >
                <Field
                  field={`variants.${index}.config`}
                  label="Goes to"
                  optional
                  hint="A path such as /landing-b or a whole URL. Empty stays on the page."
                  error={props.mistake(`variants.${index}.config`)}
                >
                  {(control) => (
                    <input
                      {...control}
                      class="control"
                      spellcheck={false}
                      value={variant().url}
                      onInput={(event) => change(index, { url: event.currentTarget.value })}
                    />
                  )}
                </Field>
              </Show>
            </li>
          )}
        </Index>
      </ul>
      <div class="flex flex-wrap items-center gap-3">
        <button
          type="button"
          class="button"
          disabled={props.variants.length >= MOST}
          onClick={() => split([...props.variants, aVariantDraft(`Treatment ${props.variants.length}`, "0")])}
        >
          Add a variant
        </button>
        <button type="button" class="button" onClick={() => split(props.variants)}>
          Split evenly
        </button>
        <p
          id="field-variants"
          tabindex="-1"
          role="status"
          class="text-sm"
          classList={{ "text-fg-2": sum().ok, "font-medium text-bad": !sum().ok }}
        >
          <Show when={sum().ok} fallback={`! Weights sum to ${formatNumber(sum().sum, 2)} %; they must sum to 100 %.`}>
            ✓ Weights sum to 100 %
          </Show>
        </p>
      </div>
      <Show when={props.mistake("variants")}>{(message) => <p class="text-sm text-bad">{message()}</p>}</Show>
    </div>
  );
}
