import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { json as readJson, buffer as readBuffer } from "node:stream/consumers";
import { ApiError, type Route } from "./api-route.ts";
import type { Account } from "./cloudflare-account.ts";
import { storageRoutes } from "./storage-routes.ts";
import { workerRoutes } from "./worker-routes.ts";

/** Who is signed in, and to what. */
const identityRoutes = (account: Account): readonly Route[] => [
  ["GET", "/user/tokens/verify", () => ({ id: "token", status: "active" })],
  ["GET", "/user", () => ({ email: "owner@example.com" })],
  ["GET", "/accounts", () => [{ id: account.id, name: "Example" }]],
  ["GET", "/memberships", () => [{ account: { id: account.id, name: "Example" } }]],
];

/** The stand-in, listening on a free port. */
export interface CloudflareApi {
  /** What `CLOUDFLARE_API_BASE_URL` should be. */
  readonly url: string;
  readonly account: Account;
  /** Every request so far, as `METHOD /path`, the account's own part of the path left out. */
  readonly requests: string[];
  /** Requests that the stand-in has no route for: a test fails when there are any. */
  readonly unknown: string[];
  /** Names of Workers whose upload is refused. */
  readonly failing: Set<string>;
  close(): Promise<void>;
}

/** Slices a list as Cloudflare does (20 a page unless told), so that a reader who forgets to turn the page is found out. */
const pageOf = (items: readonly unknown[], query: URLSearchParams): { result: unknown; result_info: unknown } => {
  const [page, per_page] = [Number(query.get("page") ?? 1), Number(query.get("per_page") ?? 20)];
  return {
    result: items.slice((page - 1) * per_page, page * per_page),
    result_info: { page, per_page, count: items.length, total_count: items.length },
  };
};

const PAGED: ReadonlySet<string> = new Set(["GET /d1/database", "GET /storage/kv/namespaces", "GET /queues"]);

/** Serves `account` over the part of Cloudflare's REST API that `npm run deploy` reaches through wrangler. */
export const startCloudflareApi = async (account: Account): Promise<CloudflareApi> => {
  const requests: string[] = [];
  const unknown: string[] = [];
  const failing = new Set<string>();
  const routes = [...identityRoutes(account), ...storageRoutes(account), ...workerRoutes(account, failing)].map(
    ([method, path, handle]) => ({
      method,
      pattern: new RegExp(`^${path.replaceAll("*", "([^/]+)")}$`),
      handle,
    }),
  );

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.replace(`/accounts/${account.id}/`, "/");
    const named = `${request.method} ${path}`;
    requests.push(named);
    try {
      const bearers = [account.token, "assets-session"];
      if (!bearers.some((token) => request.headers.authorization === `Bearer ${token}`))
        throw new ApiError(403, 10_000, "Authentication error");
      for (const { method, pattern, handle } of routes) {
        const match = method === request.method ? pattern.exec(path) : null;
        if (!match) continue;
        const result = await handle({
          params: match.slice(1).map(decodeURIComponent),
          query,
          json: () => readJson(request),
          form: async () =>
            new Response(new Uint8Array(await readBuffer(request)), {
              headers: { "content-type": request.headers["content-type"] ?? "" },
            }).formData(),
        });
        const page = PAGED.has(named) && Array.isArray(result) ? pageOf(result, query) : { result };
        return { status: 200, body: { success: true, errors: [], messages: [], ...page } };
      }
      unknown.push(named);
      throw new ApiError(404, 7003, `The stand-in has no route for ${named}`);
    } catch (error) {
      const { status, code, message } = error instanceof ApiError ? error : new ApiError(500, 10_013, String(error));
      return { status, body: { success: false, errors: [{ code, message }], messages: [], result: null } };
    }
  };

  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address !== "object") throw new Error("The stand-in has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    account,
    requests,
    unknown,
    failing,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
