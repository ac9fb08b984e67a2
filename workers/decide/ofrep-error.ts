import { Problem } from "../http/problem.ts";
import { ofrepHeaders } from "./ofrep-cors.ts";

/** Of OpenFeature's error codes those that OFREP knows. Any other makes a strict client drop the whole answer. */
export type OfrepErrorCode = "FLAG_NOT_FOUND" | "GENERAL" | "INVALID_CONTEXT" | "PARSE_ERROR" | "TARGETING_KEY_MISSING";

/**
 * A refused OFREP request. Statuses are those that clients know: 404 is only ever an unknown flag, because every client
 * takes it for one.
 */
export class OfrepError extends Error {
  override readonly name = "OfrepError";
  readonly status: number;
  readonly code: OfrepErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: OfrepErrorCode,
    details: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly cause?: unknown } = {},
  ) {
    super(details, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
  }
}

/** The problem as OFREP says it: 401, 403, 405 and 429 as they are, with their headers, and any other mistake 400. */
const fromProblem = (problem: Problem): OfrepError => {
  const options = { headers: problem.headers, cause: problem };
  if (problem.code === "body_too_large" || problem.code === "invalid_json")
    return new OfrepError(400, "PARSE_ERROR", problem.detail, options);
  const status = [401, 403, 405, 429].includes(problem.status) ? problem.status : 400;
  return new OfrepError(status, "GENERAL", problem.detail, options);
};

/** The refusal that an error is; `undefined` when the fault is ours. */
export const refusalOf = (error: unknown): OfrepError | undefined => {
  if (error instanceof OfrepError) return error;
  return error instanceof Problem && error.status < 500 ? fromProblem(error) : undefined;
};

/**
 * The fields of a failure, whole or of one flag: all of them, because each is required by some client. For the whole of a
 * bulk request there is no key, and strict clients know no such field there.
 */
export const failureOf = (key: string | undefined, code: OfrepErrorCode, details: string): Record<string, string> => ({
  ...(key === undefined ? {} : { key }),
  errorCode: code,
  errorDetails: details,
});

/** Always with a JSON body: some clients read it before the status, and back off only when they can. */
export const refusalResponse = (key: string | undefined, { status, code, message, headers }: OfrepError): Response =>
  new Response(JSON.stringify(failureOf(key, code, message)), {
    status,
    headers: { ...ofrepHeaders, ...headers, "content-type": "application/json" },
  });
