import { hc, type ClientResponse } from "hono/client";
import type { AdminApi } from "../../workers/admin/app.ts";
import { asApiError, errorOf, inOurWords } from "./api-error.ts";
import { setSignedOut } from "./session-end.ts";

/** The admin API, typed by its routes. */
export const api = hc<AdminApi>(location.origin).api.v1;

/** What a call answers, or an `ApiError` for every way in which it did not. Notices when the session is over, or new. */
export async function unwrap<Body>(call: Promise<ClientResponse<Body, number>>): Promise<Body> {
  const response = await call.catch((error: unknown) => {
    throw asApiError(error);
  });
  setSignedOut(response.status === 401);
  if (!response.ok) throw inOurWords(await errorOf(response));
  return response.json() as Promise<Body>;
}
