/** The few things the client asks of where it runs. A browser has all of them, Node the first three. */
export interface Platform {
  /** ms since 1970. */
  readonly now: () => number;
  /** Uniform over [0, 1): the jitter between retries. */
  readonly random: () => number;
  /** Unique, at most 100 characters: the id of an event, a batch or a device. */
  readonly randomId: () => string;
  readonly navigator: { sendBeacon?: (url: string, data: string) => boolean; readonly onLine?: boolean } | undefined;
  readonly document: PageDocument | undefined;
  readonly window: Listenable | undefined;
  /** The page's local storage; reading it throws where a page may not use it. */
  readonly storage?: (() => PageStorage | undefined) | undefined;
}

interface PageStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

interface Listenable {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface PageDocument extends Listenable {
  cookie: string;
  readonly visibilityState: string;
  readonly location: { readonly protocol: string } | null;
}

const hexWord = (): string =>
  Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");

/** `crypto.randomUUID` exists on secure origins only, and Node 18 has no global `crypto`; no id here protects a secret. */
const randomId = (): string =>
  typeof crypto !== "undefined" && typeof crypto.randomUUID === "function"
    ? crypto.randomUUID()
    : hexWord() + hexWord() + hexWord() + hexWord();

/** The page, or the process, that this code runs in. */
export const browser: Platform = {
  now: () => Date.now(),
  random: () => Math.random(),
  randomId,
  navigator: typeof navigator === "undefined" ? undefined : navigator,
  document: typeof document === "undefined" ? undefined : document,
  window: typeof window === "undefined" ? undefined : window,
  // Of a page only: Node has a storage, too, which all visitors of a server would share.
  storage: typeof window === "undefined" ? undefined : () => window.localStorage,
};
