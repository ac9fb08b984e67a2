import { type Client, createClient } from "../../sdk/index.ts";

/** Where the page finds the client key of the Edgeworth that serves it. */
const startClient = async (): Promise<Client | undefined> => {
  try {
    const answer = await fetch("/shop/edgeworth.json");
    const { key } = (await answer.json()) as { key: string | null };
    return key
      ? createClient({ key, timeoutMs: 1000, onError: (error) => console.warn(error.message, error.cause) })
      : undefined;
  } catch {
    // A shop without experiments is still a shop.
    return undefined;
  }
};

/** The page's client; `undefined` where no key is set, and then the shop shows its defaults and counts nothing. */
export const edgeworth: Promise<Client | undefined> = startClient();
