import { Agent, request } from "node:http";

/** What is sent where. */
export interface Sending {
  readonly url: string;
  readonly key: string;
  /** Sent along with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly length: number;
  body(index: number): Buffer;
  eventsIn(index: number): number;
  readonly connections: number;
  /** Each body is sent by so many clients at once. */
  readonly clients: number;
  /** No faster than this; as fast as it goes without it. */
  readonly eventsPerSecond?: number;
  /** A body is sent again for so long, in ms, before the whole fails. */
  readonly patienceMs?: number;
  /** Called when the platform has taken a body. */
  onTaken?(events: number): void;
}

export interface Sent {
  readonly events: number;
  readonly seconds: number;
  /** Of the answers, from the first byte sent to the last received, in ms. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Attempts that were not answered with 202. */
  readonly retries: number;
}

const PATIENCE_MS = 120_000;
const RETRY_AFTER_MS = 500;

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number;
  readonly text: string;
}

/**
 * Posts one body. Fails when there is no whole answer. node:http costs the client half of what `fetch` does.
 */
const post = (agent: Agent, url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(url, {
      method: "POST",
      agent,
      headers: {
        ...headers,
        "content-type": "application/json",
        "content-length": body.byteLength,
      },
    });
    call.on("error", reject);
    call.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("aborted", () => reject(new Error("The answer was cut off.")));
      response.on("end", () => {
        const seconds = Number(response.headers["retry-after"] ?? "");
        resolve({
          status: response.statusCode ?? 0,
          retryAfterMs: seconds > 0 ? seconds * 1_000 : RETRY_AFTER_MS,
          text,
        });
      });
    });
    call.end(body);
  });

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends all bodies, each until the platform has taken it: 503, 429 and broken connections are tried again, as the SDK does. Throws
 * when a body is refused for good, or is not taken for longer than the patience.
 */
export const send = async (sending: Sending): Promise<Sent> => {
  const { key, length, connections, clients, eventsPerSecond, patienceMs = PATIENCE_MS } = sending;
  const url = new URL("/v1/events", sending.url);
  const headers = { ...sending.headers, authorization: `Bearer ${key}` };
  const agent = new Agent({ keepAlive: true, maxSockets: connections * clients });
  const latencies: number[] = [];
  let events = 0;
  let retries = 0;
  let next = 0;
  const startedAt = performance.now();

  const take = async (index: number): Promise<void> => {
    const body = sending.body(index);
    const until = performance.now() + patienceMs;
    for (;;) {
      const sentAt = performance.now();
      const answer = await post(agent, url, headers, body).catch((error: unknown) => String(error));
      if (typeof answer !== "string" && answer.status === 202) {
        latencies.push(performance.now() - sentAt);
        return;
      }
      const said = typeof answer === "string" ? answer : `${answer.status} ${answer.text}`;
      const isTemporary = typeof answer === "string" || answer.status >= 500 || answer.status === 429;
      if (!isTemporary || performance.now() > until) throw new Error(`A batch was not taken: ${said}`);
      retries++;
      await wait(typeof answer === "string" ? RETRY_AFTER_MS : answer.retryAfterMs);
    }
  };

  let scheduled = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < length; index = next++) {
      const size = sending.eventsIn(index);
      if (eventsPerSecond !== undefined) {
        const dueInMs = startedAt + (scheduled / eventsPerSecond) * 1_000 - performance.now();
        scheduled += size;
        if (dueInMs > 1) await wait(dueInMs);
      }
      await Promise.all(Array.from({ length: clients }, () => take(index)));
      events += size * clients;
      sending.onTaken?.(size * clients);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } finally {
    agent.destroy();
  }
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return {
    events,
    seconds: (performance.now() - startedAt) / 1_000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    retries,
  };
};
