import { Show, type JSX } from "solid-js";
import { fieldId } from "./field-errors.ts";

/** What a control needs so that its label, hint and mistake belong to it. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": "true" | undefined;
}

/** A labelled control with its hint and its mistake. `field` is the path of the value in the request. */
export function Field(props: {
  field: string;
  /** Keeps two forms on one page apart. */
  prefix?: string;
  label: string;
  hint?: JSX.Element;
  error?: string | undefined;
  optional?: boolean;
  hideLabel?: boolean;
  children: (control: ControlProps) => JSX.Element;
}): JSX.Element {
  const id = () => fieldId(props.prefix ?? "field", props.field);
  const control: ControlProps = {
    get id() {
      return id();
    },
    get "aria-describedby"() {
      const parts = [props.hint !== undefined && `${id()}-hint`, props.error !== undefined && `${id()}-error`];
      return parts.filter((part) => part !== false).join(" ") || undefined;
    },
    get "aria-invalid"() {
      return props.error === undefined ? undefined : ("true" as const);
    },
  };
  return (
    <div class="grid min-w-0 content-start gap-1">
      <label for={id()} class="text-sm font-medium" classList={{ "sr-only": props.hideLabel === true }}>
        {props.label}
        <Show when={props.optional}>
          <span class="font-normal text-fg-3"> (optional)</span>
        </Show>
      </label>
      {props.children(control)}
      <Show when={props.hint}>
        <p id={`${id()}-hint`} class="text-sm text-fg-3">
          {props.hint}
        </p>
      </Show>
      <Show when={props.error}>
        <p id={`${id()}-error`} class="text-sm text-bad">
          {props.error}
        </p>
      </Show>
    </div>
  );
}
