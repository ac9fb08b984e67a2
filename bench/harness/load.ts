import { type Socket, connect } from "node:net";

export interface Load {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Of the body, on average. */
  readonly bytesPerAnswer: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Asks for `durationMs` over `connections` kept-alive connections, one request at a time on each, and measures.
 * Throws when an answer is not 200.
 *
 * Speaks HTTP/1.1 over plain sockets: `node:http` as a client needs about as much CPU for a request as workerd does, so it
 * would measure itself.
 */
export const load = async (options: {
  readonly port: number;
  /** Whole requests as text, used in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly durationMs: number;
}): Promise<Load> => {
  const latencies: number[] = [];
  let bytes = 0;
  const onAnswer = (latencyMs: number, bodyBytes: number): void => {
    latencies.push(latencyMs);
    bytes += bodyBytes;
  };
  const requests = options.requests.map((text) => Buffer.from(text, "latin1"));
  const startedAt = performance.now();
  const until = startedAt + options.durationMs;
  let next = 0;
  const nextRequest = (): Buffer | undefined =>
    performance.now() < until ? requests[next++ % requests.length] : undefined;
  await Promise.all(Array.from({ length: options.connections }, () => keepAsking(options.port, nextRequest, onAnswer)));
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    bytesPerAnswer: bytes / latencies.length,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
};

const keepAsking = (
  port: number,
  nextRequest: () => Buffer | undefined,
  onAnswer: (latencyMs: number, bodyBytes: number) => void,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let received = "";
    let sizes: Sizes | undefined;
    let sentAt = 0;
    const socket: Socket = connect(port, "127.0.0.1");
    const ask = (): void => {
      const request = nextRequest();
      if (!request) return void socket.end(resolve);
      sentAt = performance.now();
      socket.write(request);
    };
    socket
      .setNoDelay()
      .setEncoding("latin1")
      .on("connect", ask)
      .on("error", reject)
      .on("data", (chunk) => {
        received += String(chunk);
        sizes ??= sizesOf(received);
        if (sizes === undefined || received.length < sizes.head + sizes.body) return;
        if (!received.startsWith("HTTP/1.1 200 ")) {
          socket.destroy();
          reject(new Error(`Not a 200: ${received}`));
          return;
        }
        onAnswer(performance.now() - sentAt, sizes.body);
        received = received.slice(sizes.head + sizes.body);
        sizes = undefined;
        ask();
      });
  });

/** Bytes of a response's head, with the empty line, and of its body. */
interface Sizes {
  readonly head: number;
  readonly body: number;
}

/** `undefined` until the head is there. */
const sizesOf = (response: string): Sizes | undefined => {
  const head = response.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = /^content-length: (\d+)$/im.exec(response.slice(0, head))?.[1];
  if (length === undefined) throw new Error("The answer has no Content-Length.");
  return { head: head + 4, body: Number(length) };
};
