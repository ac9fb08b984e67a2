/** True when the request fetches a page to show it. Browsers that do not say what a request is for get the benefit of the doubt. */
export const isNavigation = (request: Request): boolean =>
  request.method === "GET" && (request.headers.get("sec-fetch-mode") ?? "navigate") === "navigate";

/** True when the page is fetched before anyone asked to see it, perhaps for nothing. */
export const isPrefetch = (request: Request): boolean =>
  ["sec-purpose", "purpose", "x-moz"].some((name) => request.headers.get(name)?.includes("prefetch"));
