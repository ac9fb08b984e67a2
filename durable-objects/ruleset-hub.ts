import type { RulesetPointer } from "../contract/ruleset.ts";

/** One object takes more than 32,000; far fewer can all be told within a second. */
const MAX_SOCKETS = 5_000;

/** Clients have nothing to say but `ping`, which is answered without waking the object. */
const MAX_MESSAGE_CHARACTERS = 1_024;
const MAX_MESSAGES = 100;

/** WebSocket close codes of RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000;
const POLICY_VIOLATION = 1008;
const MESSAGE_TOO_BIG = 1009;
const INTERNAL_ERROR = 1011;

/** What listeners are told: fetch the ruleset again. It names the version, so that a client can ask for no older one. */
const noticeOf = ({ version, hash }: RulesetPointer): string => JSON.stringify({ type: "ruleset", version, hash });

/** The WebSockets that wait for news of one environment's rulesets. They hibernate, so waiting costs nothing. */
export interface RulesetHub {
  /**
   * Takes a WebSocket in, tells it the current version if there is one, and answers the upgrade. 426 for any other request,
   * 503 with `Retry-After` when the hub is full.
   */
  join(request: Request, current: RulesetPointer | null): Response;

  /** Tells everyone. A socket that cannot be told is closed: its client comes back and is told on joining. */
  announce(pointer: RulesetPointer): void;

  /** Ignores what a client says, and closes the socket of one that says too much. */
  hear(socket: WebSocket, message: string | ArrayBuffer): void;

  /** Ends a socket that its client has closed, so that the client need not wait for the other half. */
  leave(socket: WebSocket): void;
}

export const rulesetHubOf = (ctx: DurableObjectState): RulesetHub => ({
  join(request, current) {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
      return new Response("Ask for a WebSocket.", { status: 426, headers: { upgrade: "websocket" } });
    if (ctx.getWebSockets().length >= MAX_SOCKETS)
      return new Response("The hub is full.", { status: 503, headers: { "retry-after": "60" } });
    const { 0: client, 1: server } = new WebSocketPair();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    ctx.acceptWebSocket(server);
    if (current) server.send(noticeOf(current));
    return new Response(null, { status: 101, webSocket: client });
  },

  announce(pointer) {
    const notice = noticeOf(pointer);
    for (const socket of ctx.getWebSockets())
      try {
        socket.send(notice);
      } catch {
        close(socket, INTERNAL_ERROR, "Connect again.");
      }
  },

  hear(socket, message) {
    const heard = Number(socket.deserializeAttachment() ?? 0) + 1;
    const length = typeof message === "string" ? message.length : message.byteLength;
    if (length > MAX_MESSAGE_CHARACTERS) close(socket, MESSAGE_TOO_BIG, "Send nothing but ping.");
    else if (heard > MAX_MESSAGES) close(socket, POLICY_VIOLATION, "Send nothing but ping.");
    else socket.serializeAttachment(heard);
  },

  leave: (socket) => close(socket, NORMAL_CLOSURE, ""),
});

const close = (socket: WebSocket, code: number, reason: string): void => {
  try {
    socket.close(code, reason);
  } catch {
    // It is closed already.
  }
};
