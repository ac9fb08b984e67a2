/** A path without the slash at its end, so that `/landing/` is the page `/landing`. */
export const pagePath = (pathname: string): string => pathname.replace(/\/+$/, "") || "/";

/**
 * Where a visitor of `page` goes to see `target` (a path or a valid absolute URL): with the visitor's own query, and the target's
 * parameters in place of those of the same name. `undefined` when that is where the visitor is already.
 */
export const redirectUrl = (page: URL, target: string): URL | undefined => {
  const url = new URL(target, page);
  const isSamePage = url.host === page.host && pagePath(url.pathname) === pagePath(page.pathname);
  const hasParameters = [...url.searchParams].every(([name, value]) => page.searchParams.getAll(name).includes(value));
  if (isSamePage && hasParameters) return undefined;
  // As text, so that the visitor's parameters arrive spelt as they were.
  const kept = page.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && !url.searchParams.has(nameOf(pair)));
  url.search = [...kept, ...url.search.slice(1).split("&")].filter(Boolean).join("&");
  return url;
};

const nameOf = (pair: string): string => [...new URLSearchParams(pair).keys()][0] ?? "";
