/**
 * The key that a name suggests: `Checkout button` becomes `checkout_button`. The server's rule (`keyOf` in
 * `contract/key.ts`) without its library, so that the suggestion is what a name without a key would get.
 */
export const suggestKey = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 100);
