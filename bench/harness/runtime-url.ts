import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { createTestHarness } from "wrangler";

/**
 * Where the harness's runtime itself listens. The address that the harness gives is that of wrangler's development proxy, a second
 * process that costs several times as much as the Workers behind it. Throws when it cannot be seen.
 */
export const runtimeUrl = async (harness: ReturnType<typeof createTestHarness>, worker: string): Promise<string> => {
  let url: string | undefined;
  const onRequest = (message: unknown): void => {
    const { request } = message as { request: { readonly origin: string | URL } };
    url = new URL(request.origin).origin;
  };
  subscribe("undici:request:create", onRequest);
  try {
    await (await harness.getWorker(worker).fetch("http://edge.test/api/v1/health")).arrayBuffer();
  } finally {
    unsubscribe("undici:request:create", onRequest);
  }
  if (url === undefined) throw new Error("Nobody asked the runtime.");
  return url;
};
