import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { DecideResponse } from "../../contract/decision.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with one request to `/v1/events`. `hang` never answers, `reset` breaks the connection. */
type EventsAnswer = { status: number; headers?: Record<string, string>; body?: unknown } | "hang" | "reset";

/** A server for the client to talk to over real HTTP: it decides the same for everyone and takes every event. */
export interface Server {
  readonly url: string;
  readonly received: Received[];
  /** Answers to the next batches, first to last; then all are taken. */
  readonly eventsAnswers: EventsAnswer[];
  /** Answers `/v1/decide`. */
  decide: (request: Received, response: ServerResponse) => void;
  /** The batches received, parsed. */
  batches(): Batch[];
  /** The events of all batches in the order of arrival. */
  events(): Event[];
  /** Breaks every connection; new ones are taken. */
  cut(): void;
  close(): Promise<void>;
}

export interface Batch {
  readonly batch_id: string;
  readonly key?: string;
  readonly events: Event[];
}

interface Event {
  readonly event_id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

export const aDecision = (change: Partial<DecideResponse> = {}): DecideResponse => ({
  user_key: null,
  environment: "production",
  config_version: 7,
  assignments: [
    {
      experiment_key: "button",
      experiment_id: "exp_1",
      variant_key: "treatment",
      variant_id: "var_1",
      payload: { label: "Buy now" },
      reason: "assigned",
    },
    {
      experiment_key: "plain",
      experiment_id: "exp_2",
      variant_key: "control",
      variant_id: "var_2",
      payload: null,
      reason: "assigned",
    },
  ],
  flags: {},
  ...change,
});

export const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

export const startServer = async (): Promise<Server> => {
  const received: Received[] = [];
  const eventsAnswers: EventsAnswer[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request: Received = { path: incoming.url ?? "", headers: incoming.headers, body: await text(incoming) };
    received.push(request);
    if (request.path === "/v1/decide") {
      server.decide(request, response);
      return;
    }
    const next = eventsAnswers.shift() ?? { status: 202, body: { accepted: 1, rejected: [] } };
    if (next === "reset") incoming.socket.destroy();
    else if (next !== "hang") response.writeHead(next.status, next.headers).end(JSON.stringify(next.body ?? {}));
  };
  const http = createServer((incoming, response) => void answer(incoming, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const batches = (): Batch[] =>
    received.filter(({ path }) => path === "/v1/events").map(({ body }) => JSON.parse(body) as Batch);
  const server: Server = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    received,
    eventsAnswers,
    decide: (_, response) => answerJson(response, 200, aDecision()),
    batches,
    events: () => batches().flatMap(({ events }) => events),
    cut: () => http.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
};
