import type { ProblemBody, ProblemError } from "../../contract/problem.ts";

/** Why a call to the admin API did not give its answer, in words for the person in front of the screen. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** A code of `contract/problem.ts`, or `unreachable` / `unexpected` when the answer is not one of ours. */
  readonly code: string;
  /** Mistakes by the path of their field. */
  readonly errors: readonly ProblemError[];
  /** What to quote to whoever runs the platform. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    about: { status: number; code: string; errors?: readonly ProblemError[]; requestId?: string | undefined },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = about.status;
    this.code = about.code;
    this.errors = about.errors ?? [];
    this.requestId = about.requestId;
  }
}

const isProblem = (body: unknown): body is ProblemBody =>
  typeof body === "object" && body !== null && "code" in body && "detail" in body && "errors" in body;

/** The error that an answer with a status of 400 or more stands for; understands problem+json and anything else. */
export async function errorOf(response: {
  status: number;
  headers: Headers;
  json: () => Promise<unknown>;
}): Promise<ApiError> {
  const body = await response.json().catch(() => undefined);
  const requestId = response.headers.get("x-request-id") ?? undefined;
  if (!isProblem(body))
    return new ApiError(`The server answered with status ${response.status} and no explanation.`, {
      status: response.status,
      code: "unexpected",
      requestId,
    });
  return new ApiError(body.detail, {
    status: body.status,
    code: body.code,
    // A mistake of the request as a whole says the detail again.
    errors: body.errors.filter(({ path, message }) => path !== "" || message !== body.detail),
    requestId: body.request_id,
  });
}

/** Any thrown value as an {@link ApiError}, so that panels have one thing to show. */
export const asApiError = (error: unknown): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError("The server cannot be reached. Check the connection and try again.", {
        status: 0,
        code: "unreachable",
      });

/** What the API tells programs, in words for whoever is in front of the screen, where the two differ. */
const WORDS: Readonly<Record<string, string>> = {
  stale_revision: "Somebody changed this experiment meanwhile. Reload to see it.",
  invalid_credentials: "Your session has ended. Sign in again in another tab, then try again.",
  missing_credentials: "Your session has ended. Sign in again in another tab, then try again.",
};

/** The same error, said to a person. Not for signing in, where wrong credentials are a wrong password. */
export function inOurWords(error: ApiError): ApiError {
  const words = WORDS[error.code];
  if (words === undefined) return error;
  const { status, code, requestId } = error;
  return new ApiError(words, { status, code, requestId }, { cause: error });
}
