/** A request that a route's pattern matched. */
export interface Call {
  /** What stood in the place of the `*` in the route's path. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly json: () => Promise<unknown>;
  readonly form: () => Promise<FormData>;
}

/** `[method, path, handler]`: the path is without its `/accounts/<id>`, and a `*` in it is one segment. */
export type Route = readonly [method: string, path: string, handle: (call: Call) => unknown];

/** An error as Cloudflare's API answers it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
