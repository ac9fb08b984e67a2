import type { Platform } from "./platform.ts";

const ONE_YEAR_SECONDS = 365 * 24 * 3600;

/**
 * The visitor's device id: from the first-party cookie that the split-URL Worker shares, or a new one written to it. Lives in
 * memory only where there are no cookies. An existing cookie is never written again: Safari cuts the life of a cookie written
 * by a script to a week, and one that a server has set would lose its year.
 */
export const deviceIdOf = ({ document, randomId }: Platform): string => {
  try {
    const found = document?.cookie.match(/(?:^|; *)ew_device=([^;]{1,256})(?:;|$)/)?.[1];
    if (found !== undefined) return found;
  } catch {
    // A sandboxed frame may not read cookies: the id below then lives as long as the page.
  }
  const id = randomId();
  try {
    if (document) {
      const secure = document.location?.protocol === "https:" ? "; Secure" : "";
      document.cookie = `ew_device=${id}; Max-Age=${ONE_YEAR_SECONDS}; Path=/; SameSite=Lax${secure}`;
    }
  } catch {
    // As above.
  }
  return id;
};
