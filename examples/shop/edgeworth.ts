import { type Client, createClient } from "../../sdk/index.ts";

/** How long the shop waits for its experiments, in ms; then it shows its defaults. */
const PATIENCE_MS = 1500;

/** Asks for the client key of the Edgeworth that serves the page; what is left of the patience is for the decision. */
const startClient = async (): Promise<Client | undefined> => {
  const start = performance.now();
  try {
    const answer = await fetch("/shop/edgeworth.json", { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { key } = (await answer.json()) as { key: string | null };
    if (!key) return undefined;
    const timeoutMs = Math.max(0, Math.round(PATIENCE_MS - (performance.now() - start)));
    return createClient({ key, timeoutMs, onError: (error) => console.warn(error.message, error.cause) });
  } catch {
    // A shop without experiments is still a shop.
    return undefined;
  }
};

/** The page's client; `undefined` where no key is set, and then the shop shows its defaults and counts nothing. */
export const edgeworth: Promise<Client | undefined> = startClient();
