import { createEffect, on, onCleanup, type Accessor } from "solid-js";
import type { ProblemError } from "../../contract/problem.ts";
import { ApiError, asApiError } from "../api/api-error.ts";
import { createSubmission, type Submission } from "../parts/submission.ts";
import { allMistakes, withoutMistakes, type ExperimentDraft } from "./draft.ts";

const RECHECK_AFTER_MS = 400;

/**
 * Saves a draft once neither the form nor the server finds a mistake. The two look together; after a failed save they look
 * again as the mistakes are mended.
 */
export function createDraftSubmission(
  draft: ExperimentDraft,
  given: {
    /** Paths that have a control on screen. */
    fields: Accessor<readonly string[]>;
    /** Mistakes that need no server. */
    localMistakes: Accessor<readonly ProblemError[]>;
    /** Finds the server's mistakes and changes nothing. */
    check: (draft: ExperimentDraft) => Promise<unknown>;
    save: (draft: ExperimentDraft) => Promise<void>;
    onChange: (draft: ExperimentDraft) => void;
  },
): Submission {
  const serverMistakes = async (local: readonly ProblemError[]): Promise<readonly ProblemError[]> => {
    try {
      await given.check(withoutMistakes(draft, local));
      return [];
    } catch (failure) {
      const error = asApiError(failure);
      return error.errors.length > 0 ? error.errors : [{ path: "", message: error.message }];
    }
  };
  const withServers = async (local: readonly ProblemError[]): Promise<ApiError | undefined> => {
    const errors = allMistakes(local, await serverMistakes(local), given.fields());
    return errors.length === 0
      ? undefined
      : new ApiError("The form is not complete yet.", { status: 0, code: "invalid_request", errors });
  };
  const submission = createSubmission(given.fields, async () => {
    const local = given.localMistakes();
    const wrong = local.length === 0 ? undefined : await withServers(local);
    if (wrong) throw wrong;
    await given.save(draft);
  });

  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const recheck = async () => submission.setError(await withServers(given.localMistakes()));
  createEffect(
    on(
      () => JSON.stringify(draft),
      () => {
        given.onChange(draft);
        if (submission.attempt() === 0 || submission.busy()) return;
        clearTimeout(timer);
        timer = setTimeout(() => void recheck(), RECHECK_AFTER_MS);
      },
      { defer: true },
    ),
  );

  return submission;
}
