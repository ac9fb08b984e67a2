import { here, key } from "../../observed-decide.ts";

/** A WebSocket of a client, with what it was told. */
export interface Listener {
  readonly socket: WebSocket;
  readonly told: readonly unknown[];
  /** The close code, once it is closed. */
  readonly closed: Promise<number>;
  /** Resolves when so much was told. */
  readonly heard: (count: number) => Promise<void>;
}

/** Connects to the stream as a browser does, with a client key in the URL. */
export const listen = async (query: string = `key=${key(here.environment)}`): Promise<Listener> => {
  const socket = new WebSocket(`${here.origin.replace("http", "ws")}/v1/stream?${query}`);
  const told: unknown[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  socket.addEventListener("message", ({ data }) => {
    told.push(data === "pong" ? data : JSON.parse(String(data)));
    for (const { count, resolve } of waiting) if (told.length >= count) resolve();
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
    closed,
    heard: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        if (told.length >= count) resolve();
      }),
  };
};
