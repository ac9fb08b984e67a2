import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from "solid-js";
import type { TailNews } from "../../contract/event-tail.ts";
import { queryClient, sessionQuery } from "../api/queries.ts";

/** `stopped`: nobody was at the page for ten minutes. */
export type TailState = "connecting" | "live" | "lost" | "stopped";

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const IDLE_MS = 10 * 60_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "scroll", "focus"] as const;

/**
 * A WebSocket to an environment's tail: opened again whenever it is lost, ever more patiently, and closed when nobody was at
 * the page for ten minutes. Every message is given to `hear`. Without an environment there is nothing to listen to.
 */
export function createTailConnection(
  environment: Accessor<string | undefined>,
  hear: (news: TailNews) => void,
): { state: Accessor<TailState>; resume: () => void } {
  const key = createMemo(environment);
  const [state, setState] = createSignal<TailState>("connecting");
  let socket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;

  const disconnect = (): void => {
    clearTimeout(retry);
    // Its close is ours, and nothing to recover from.
    const closing = socket;
    socket = undefined;
    closing?.close();
  };

  const connect = (): void => {
    disconnect();
    const name = key();
    if (name === undefined) return;
    const path = `/api/v1/environments/${encodeURIComponent(name)}/events/tail`;
    const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}`);
    socket = opened;
    opened.addEventListener("open", () => {
      if (socket !== opened) return;
      retryMs = FIRST_RETRY_MS;
      setState("live");
    });
    opened.addEventListener("message", ({ data }) => {
      if (socket === opened) hear(JSON.parse(String(data)) as TailNews);
    });
    opened.addEventListener("close", () => {
      if (socket !== opened) return;
      socket = undefined;
      // The browser does not say why it was refused; if the session has ended, this call finds out.
      if (state() !== "live") void queryClient.refetchQueries({ queryKey: sessionQuery().queryKey });
      setState("lost");
      retry = setTimeout(connect, retryMs * (0.5 + Math.random()));
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
    });
  };

  let idle: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    disconnect();
    setState("stopped");
  };
  const stayAwake = (): void => {
    clearTimeout(idle);
    idle = setTimeout(stop, IDLE_MS);
  };
  const resume = (): void => {
    stayAwake();
    retryMs = FIRST_RETRY_MS;
    setState("connecting");
    connect();
  };

  createEffect(on(key, resume));
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, stayAwake, { passive: true });
  onCleanup(() => {
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, stayAwake);
    clearTimeout(idle);
    disconnect();
  });
  return { state, resume };
}
