const PAGES: ReadonlySet<string> = new Set(["document", "iframe", "frame"]);

/** True when the request fetches a page to show it. One that does not say so (no browser of today) may be. */
export const isNavigation = (request: Request): boolean =>
  request.method === "GET" && PAGES.has(request.headers.get("sec-fetch-dest") ?? "document");

/** True when the page is fetched before anyone asked to see it, perhaps for nothing. A link's prefetch is no navigation. */
export const isPrefetch = (request: Request): boolean =>
  request.method === "GET" &&
  ["sec-purpose", "purpose", "x-moz"].some((name) => request.headers.get(name)?.includes("prefetch"));
