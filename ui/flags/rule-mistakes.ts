import { ApiError, asApiError } from "../api/api-error.ts";

const PATH = "environments";

/** What the form says of a text that cannot be sent, in the server's own shape. */
const mistake = (message: string): ApiError =>
  new ApiError(message, { status: 0, code: "invalid_request", errors: [{ path: PATH, message }] });

export const notJson = (): ApiError => mistake("This is not valid JSON: look for a missing comma, quote or bracket.");

export const noList = (): ApiError => mistake("Use a list: rules stand between [ and ].");

/** `environments.production.rules.1.rollout` names the second rule's `rollout`. */
const whereOf = (path: string): string | undefined => {
  const [, index, ...inside] = /^environments\.[^.]+\.rules\.(\d+)(?:\.(.+))?$/.exec(path) ?? [];
  if (index === undefined) return undefined;
  return [`Rule ${Number(index) + 1}`, ...inside.filter(Boolean)].join(", ");
};

/** Why rules were not saved, each mistake with the rule it is in: all of them are typed into one field. */
export function inRules(failure: unknown): ApiError {
  const error = asApiError(failure);
  const { status, code, requestId } = error;
  if (code === "stale_revision")
    return new ApiError(
      "Somebody changed this flag meanwhile. Copy what you typed, then close this and open it again to see their change.",
      { status, code, requestId },
      { cause: failure },
    );
  const errors = error.errors.map(({ path, message }) => {
    const where = whereOf(path);
    return where === undefined ? { path, message } : { path: PATH, message: `${where}: ${message}` };
  });
  return new ApiError(error.message, { status, code, requestId, errors }, { cause: failure });
}
