import { DurableObject } from "cloudflare:workers";
import {
  TAIL_EVENTS,
  TAIL_EVENTS_PER_SECOND,
  TAIL_KEPT_MS,
  type TailEvent,
  type TailFeed,
  type TailNews,
} from "../contract/event-tail.ts";
import { createSample } from "./sample.ts";

const SCHEMA = "CREATE TABLE IF NOT EXISTS tail (id INTEGER PRIMARY KEY CHECK (id = 1), events TEXT NOT NULL)";

/** Between two writes of what is kept: each is a row. What came since the last one is lost with the object. */
const STORE_AFTER_MS = 5_000;
/** People who look, and their forgotten tabs. */
const MAX_LISTENERS = 100;
/** Whether somebody may listen is asked when he connects, so he has to connect again now and then. */
const MAX_LISTENING_MS = 30 * 60_000;

/** WebSocket close codes of RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000;
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const SERVICE_RESTART = 1012;

/**
 * The last events of one environment, for people to look at: {@link TAIL_EVENTS} of them, sampled above
 * {@link TAIL_EVENTS_PER_SECOND} a second. Nothing is counted here. Listeners' WebSockets hibernate, so an open page costs
 * nothing while nothing comes in.
 */
export class EventTail extends DurableObject<object> {
  /** Oldest first; undefined until they are read from the disk. */
  #kept: TailEvent[] | undefined;
  #storing: ReturnType<typeof setTimeout> | undefined;
  #storedAt = 0;
  /** How many events may be shown now: a bucket that fills by {@link TAIL_EVENTS_PER_SECOND}. */
  #allowed = TAIL_EVENTS;
  #allowedAt = 0;

  /** Takes in what came, tells the listeners, and answers how many there are. */
  feed({ accepted, rejected, events }: TailFeed): { listeners: number } {
    const shown = this.#thinned(events);
    const kept = [...this.#read(), ...shown].slice(-TAIL_EVENTS);
    this.#kept = kept;
    if (shown.length > 0) this.#storeSoon();
    return { listeners: this.#tell({ type: "news", accepted, rejected, events: shown }) };
  }

  /** What is kept, oldest first. */
  recent(): TailEvent[] {
    const oldest = Date.now() - TAIL_KEPT_MS;
    return this.#read().filter(({ received_at }) => received_at >= oldest);
  }

  /** Forgets the events of a unit, and those whose text may name it without anybody having read it. */
  async forget(unitType: string, unit: string): Promise<void> {
    const isOf = ({ units, text }: TailEvent): boolean =>
      units.some(([type, each]) => type === unitType && each === unit) || text.includes(JSON.stringify(unit));
    const before = this.#read();
    this.#kept = before.filter((event) => !isOf(event));
    if (this.#kept.length < before.length) await this.#store();
  }

  /** A listener's WebSocket: told what is kept, then what comes. 426 for any other request, 503 when too many listen. */
  override fetch(request: Request): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
      return new Response("Ask for a WebSocket.", { status: 426, headers: { upgrade: "websocket" } });
    if (this.ctx.getWebSockets().length >= MAX_LISTENERS)
      return new Response("Too many listen.", { status: 503, headers: { "retry-after": "60" } });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(Date.now());
    server.send(textOf({ type: "kept", accepted: 0, rejected: 0, events: this.recent() }));
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Listeners have nothing to say but `ping`, which is answered without waking the object. */
  override webSocketMessage(socket: WebSocket): void {
    close(socket, POLICY_VIOLATION, "Send nothing but ping.");
  }

  override webSocketClose(socket: WebSocket): void {
    close(socket, NORMAL_CLOSURE, "");
  }

  /** A connection that breaks is not worth a line in the log: its client comes back. The platform drops the socket. */
  override webSocketError(): void {}

  /** Forgets what is too old, in an environment where nothing new pushes it out. */
  override async alarm(): Promise<void> {
    this.#kept = this.recent();
    await this.#store();
  }

  /** At most as many of the events as may be shown now, a uniform sample of them. */
  #thinned(events: TailEvent[]): TailEvent[] {
    const now = Date.now();
    const grown = this.#allowed + ((now - this.#allowedAt) / 1000) * TAIL_EVENTS_PER_SECOND;
    this.#allowedAt = now;
    this.#allowed = Math.min(TAIL_EVENTS, grown);
    const count = Math.min(events.length, Math.floor(this.#allowed));
    this.#allowed -= count;
    if (count === events.length) return events;
    if (count === 0) return [];
    const sample = createSample<TailEvent>(count, Math.random);
    sample.offer(events.length, (index) => events[index] as TailEvent);
    return sample.items();
  }

  /** Tells every listener; gives how many there are. One who cannot be told is closed: his page comes back. */
  #tell(news: TailNews): number {
    const text = textOf(news);
    const connectedSince = Date.now() - MAX_LISTENING_MS;
    let listeners = 0;
    for (const socket of this.ctx.getWebSockets()) {
      if (Number(socket.deserializeAttachment()) < connectedSince) {
        close(socket, SERVICE_RESTART, "Connect again.");
        continue;
      }
      try {
        socket.send(text);
        listeners += 1;
      } catch {
        close(socket, INTERNAL_ERROR, "Connect again.");
      }
    }
    return listeners;
  }

  /** Reading never writes: looking at an environment where nothing comes in leaves nothing behind. */
  #read(): TailEvent[] {
    if (this.#kept) return this.#kept;
    const { sql } = this.ctx.storage;
    const exists = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tail'").toArray().length > 0;
    const [row] = exists ? sql.exec<{ events: string }>("SELECT events FROM tail").toArray() : [];
    this.#kept = row ? (JSON.parse(row.events) as TailEvent[]) : [];
    return this.#kept;
  }

  #storeSoon(): void {
    if (this.#storing !== undefined) return;
    const waitMs = Math.max(0, this.#storedAt + STORE_AFTER_MS - Date.now());
    if (waitMs === 0) this.ctx.waitUntil(this.#store());
    else
      this.#storing = setTimeout(() => {
        this.#storing = undefined;
        this.ctx.waitUntil(this.#store());
      }, waitMs);
  }

  async #store(): Promise<void> {
    const { sql } = this.ctx.storage;
    const kept = this.#read();
    this.#storedAt = Date.now();
    if (kept.length === 0) {
      sql.exec("DROP TABLE IF EXISTS tail");
      return;
    }
    sql.exec(SCHEMA);
    sql.exec("INSERT OR REPLACE INTO tail (id, events) VALUES (1, ?)", JSON.stringify(kept));
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + TAIL_KEPT_MS);
  }
}

const textOf = (news: TailNews): string => JSON.stringify(news);

const close = (socket: WebSocket, code: number, reason: string): void => {
  try {
    socket.close(code, reason);
  } catch {
    // It is closed already.
  }
};
