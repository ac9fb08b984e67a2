/** Where to go after signing in: the page that was asked for when it is one of ours, else the start page. */
export const returnPath = (from: unknown): string =>
  typeof from === "string" && /^\/(?![/\\])/.test(from) && !from.startsWith("/sign-in") ? from : "/experiments";
