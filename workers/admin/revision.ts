import type { Context } from "hono";
import { Problem } from "../http/problem.ts";

/** What has a revision that grows with every change. */
interface Revised {
  readonly key: string;
  readonly revision: number;
}

/** 409 that carries the present state, so that the caller can show the difference and try again. */
export class StaleRevision extends Problem {
  readonly current: Revised;

  constructor(current: Revised, kind: string) {
    const message = `The ${kind} ${current.key} is at revision ${current.revision} now. Read it, decide again, then send If-Match: "${current.revision}".`;
    super(409, "stale_revision", message, {
      errors: [{ path: "If-Match", message }],
      headers: { etag: etagOf(current) },
    });
    this.current = current;
  }
}

export const etagOf = ({ revision }: Pick<Revised, "revision">): string => `"${revision}"`;

/** Refuses a write that was decided upon another revision than the present one. Without `If-Match` the last write wins. */
export const checkRevision = (c: Context, current: Revised, kind = "experiment"): void => {
  const header = c.req.header("if-match");
  if (header === undefined || header.trim() === "*") return;
  const tag = /^(?:W\/)?"(\d+)"$/.exec(header.trim());
  if (!tag)
    throw new Problem(400, "invalid_request", 'If-Match: Send the revision in quotes, as in If-Match: "3".', {
      errors: [{ path: "If-Match", message: 'Send the revision in quotes, as in If-Match: "3".' }],
    });
  if (Number(tag[1]) !== current.revision) throw new StaleRevision(current, kind);
};
