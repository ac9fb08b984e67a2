import type { Platform } from "../../sdk/platform.ts";

/** A page as far as the client looks at one: cookies, going away, and a beacon that keeps what it was given. */
export interface Page extends Platform {
  /** Name to value, with the attributes of the last write. */
  readonly cookies: Map<string, { value: string; attributes: string }>;
  /** What is in local storage. */
  readonly stored: Map<string, string>;
  readonly beacons: { url: string; data: string }[];
  /** How many more beacons the browser will take. */
  beaconsLeft: number;
  onLine: boolean;
  clock: number;
  now: () => number;
  random: () => number;
  hide(): void;
  show(): void;
  leave(): void;
}

export const aPage = (change: { cookie?: string; protocol?: string } = {}): Page => {
  const listeners = new Map<string, (() => void)[]>();
  const fire = (type: string): void => {
    for (const listener of listeners.get(type) ?? []) listener();
  };
  const events = {
    addEventListener: (type: string, listener: () => void): void => {
      listeners.set(type, [...(listeners.get(type) ?? []), listener]);
    },
    removeEventListener: (type: string, listener: () => void): void => {
      listeners.set(
        type,
        (listeners.get(type) ?? []).filter((other) => other !== listener),
      );
    },
  };
  let visibilityState = "visible";
  let ids = 0;
  const page: Page = {
    cookies: new Map(),
    beacons: [],
    beaconsLeft: Infinity,
    onLine: true,
    clock: Date.parse("2026-11-21T00:00:00Z"),
    now: () => page.clock,
    random: () => 0,
    randomId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    navigator: {
      get onLine() {
        return page.onLine;
      },
      sendBeacon: (url, data) => {
        if (page.beaconsLeft <= 0) return false;
        page.beaconsLeft -= 1;
        page.beacons.push({ url, data });
        return true;
      },
    },
    document: {
      ...events,
      get cookie() {
        return [...page.cookies].map(([name, { value }]) => `${name}=${value}`).join("; ");
      },
      set cookie(text) {
        const [pair = "", ...attributes] = text.split("; ");
        const [name = "", value = ""] = pair.split("=");
        page.cookies.set(name, { value, attributes: attributes.join("; ") });
      },
      get visibilityState() {
        return visibilityState;
      },
      location: { protocol: change.protocol ?? "http:" },
    },
    window: events,
    stored: new Map(),
    storage: () => ({
      getItem: (name) => page.stored.get(name) ?? null,
      setItem: (name, value) => void page.stored.set(name, value),
    }),
    hide() {
      visibilityState = "hidden";
      fire("visibilitychange");
    },
    show() {
      visibilityState = "visible";
      fire("visibilitychange");
    },
    leave() {
      fire("pagehide");
    },
  };
  for (const pair of (change.cookie ?? "").split("; ").filter(Boolean)) {
    const [name = "", value = ""] = pair.split("=");
    page.cookies.set(name, { value, attributes: "" });
  }
  return page;
};
