import { request } from "node:http";
import type { TailNews } from "../../../contract/event-tail.ts";

/** A WebSocket of somebody who looks at a tail, with what he was told. */
export interface TailListener {
  readonly socket: WebSocket;
  readonly told: readonly TailNews[];
  readonly pongs: () => number;
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  /** Resolves with everything that was told when it satisfies. */
  readonly heard: (satisfied: (told: readonly TailNews[]) => boolean) => Promise<readonly TailNews[]>;
}

/** Node's takes headers, which browsers' do not. */
const NodeWebSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: Record<string, string> },
) => WebSocket;

/** Connects with the headers; throws when it is refused. */
export const listenTo = async (url: string, headers: Record<string, string>): Promise<TailListener> => {
  const socket = new NodeWebSocket(url.replace(/^http/, "ws"), { headers });
  const told: TailNews[] = [];
  let pongs = 0;
  const waiting = new Set<() => void>();
  socket.addEventListener("message", ({ data }) => {
    if (data === "pong") pongs += 1;
    else told.push(JSON.parse(String(data)) as TailNews);
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("The WebSocket was refused.")));
  });
  return {
    socket,
    told,
    pongs: () => pongs,
    closed,
    heard: (satisfied) =>
      new Promise((resolve) => {
        const look = () => {
          if (!satisfied(told)) return;
          waiting.delete(look);
          resolve(told);
        };
        waiting.add(look);
        look();
      }),
  };
};

/** What a request for a WebSocket is answered: 101, or why not. */
export const upgradeStatus = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asking = request(url, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
      },
    });
    asking.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asking.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on("error", reject);
    asking.end();
  });
