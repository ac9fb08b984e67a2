import { createSignal, type Accessor } from "solid-js";
import { asApiError, type ApiError } from "../api/api-error.ts";
import { keepPage } from "../api/session-end.ts";
import { mistakesByField } from "./field-errors.ts";

/** A form on its way to the server. */
export interface Submission {
  readonly busy: Accessor<boolean>;
  readonly error: Accessor<ApiError | undefined>;
  /** How often it has failed. */
  readonly attempt: Accessor<number>;
  /** What the server says of one field, in one text. */
  readonly mistake: (field: string) => string | undefined;
  readonly setError: (error: ApiError | undefined) => void;
  readonly submit: (event: Event) => void;
}

/** Sends a form when it is submitted; `fields` are the paths that have a control on screen. */
export function createSubmission(fields: Accessor<readonly string[]>, send: () => Promise<void>): Submission {
  const [busy, setBusy] = createSignal(false);
  const [error, setError] = createSignal<ApiError>();
  const [attempt, setAttempt] = createSignal(0);
  keepPage();
  const run = async () => {
    setBusy(true);
    try {
      await send();
      setError(undefined);
    } catch (failure) {
      setError(asApiError(failure));
      setAttempt((count) => count + 1);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    attempt,
    mistake: (field) =>
      mistakesByField(error()?.errors ?? [], fields())
        .get(field)
        ?.join(" "),
    setError,
    submit: (event) => {
      event.preventDefault();
      if (!busy()) void run();
    },
  };
}
