import type { ProblemBody, ProblemCode, ProblemError } from "../../contract/problem.ts";

const titles: Partial<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Precondition failed",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Unprocessable content",
  428: "Precondition required",
  429: "Too many requests",
  500: "Internal server error",
  503: "Service unavailable",
};

/** The header that is at fault where a code says no more. */
const headerOf: Partial<Record<ProblemCode, string>> = {
  missing_credentials: "authorization",
  invalid_credentials: "authorization",
  unsupported_media_type: "content-type",
};

/** A refused request. Thrown by a handler, answered by its Worker through {@link problemResponse}. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  /** What to do about it, in a sentence. */
  readonly detail: string;
  /** A mistake of the request at least, by default the detail; none when the mistake is ours. */
  readonly errors: readonly ProblemError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    detail: string,
    options: {
      readonly errors?: readonly ProblemError[];
      readonly title?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = code;
    this.title = options.title ?? titles[status] ?? "Error";
    this.detail = detail;
    this.errors = options.errors ?? (status < 500 ? [{ path: headerOf[code] ?? "", message: detail }] : []);
    this.headers = options.headers ?? {};
  }
}

/** The problem as `application/problem+json` (RFC 9457); `X-Request-Id` repeats the body's `request_id`. */
export const problemResponse = (problem: Problem, requestId: string = crypto.randomUUID()): Response => {
  const body: ProblemBody = {
    status: problem.status,
    code: problem.code,
    title: problem.title,
    detail: problem.detail,
    errors: [...problem.errors],
    request_id: requestId,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      ...problem.headers,
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
  });
};
