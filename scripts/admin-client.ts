import type { ProblemBody } from "../contract/problem.ts";

/** What the admin API refused, with its problem body when it sent one. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: ProblemBody | undefined;

  constructor(method: string, path: string, status: number, problem: ProblemBody | undefined) {
    const mistakes =
      problem?.errors
        .filter(({ message }) => message !== problem.detail)
        .map((error) => ` ${error.path}: ${error.message}`)
        .join("") ?? "";
    super(`${method} ${path} answered ${status}: ${problem?.detail ?? "no explanation"}${mistakes}`);
    this.status = status;
    this.problem = problem;
  }
}

/** Calls the admin API at `url` with JSON in and out; throws an {@link ApiError} on every answer that is not 2xx. */
export const createAdminClient = (url: string, headers: Record<string, string>) => {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const value: unknown = text === "" ? undefined : JSON.parse(text);
    if (!answer.ok) throw new ApiError(method, path, answer.status, value as ProblemBody | undefined);
    return value as T;
  };
  return {
    get: <T>(path: string): Promise<T> => call<T>("GET", path),
    post: <T>(path: string, body: unknown): Promise<T> => call<T>("POST", path, body),
    put: <T>(path: string, body: unknown): Promise<T> => call<T>("PUT", path, body),
    patch: <T>(path: string, body: unknown): Promise<T> => call<T>("PATCH", path, body),
    delete: <T>(path: string): Promise<T> => call<T>("DELETE", path),
  };
};
export type AdminClient = ReturnType<typeof createAdminClient>;

/** Creates what is missing: a key that is taken already counts as done. */
export const createUnlessTaken = async (admin: AdminClient, path: string, body: unknown): Promise<void> => {
  try {
    await admin.post(path, body);
  } catch (error) {
    if (!(error instanceof ApiError && error.problem?.code === "key_taken")) throw error;
  }
};
