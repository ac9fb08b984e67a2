import { WorkerEntrypoint } from "cloudflare:workers";

/** A Worker behind the front one, which says who it is and what reached it. */
const echo = async (request: Request, name: string): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  return Response.json({
    name,
    method: request.method,
    target: pathname + search,
    key: request.headers.get("x-api-key"),
    has_cf: request.cf !== undefined,
    body: await request.text(),
  });
};

export class ExampleShop extends WorkerEntrypoint<{ readonly NAME: string }> {
  override fetch(request: Request): Promise<Response> {
    return echo(request, `${this.env.NAME}/ExampleShop`);
  }
}

export default {
  fetch: (request, env) => echo(request, env.NAME),
} satisfies ExportedHandler<{ readonly NAME: string }>;
