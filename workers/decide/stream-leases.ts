/** Counts what is open in an isolate. */
export interface Leases {
  /** A lease, to be renewed while it is in use; `undefined` when there are too many. */
  take(): Lease | undefined;
}

export interface Lease {
  renew(): void;
  end(): void;
}

/**
 * At most `count` leases at a time. One that is not renewed for `lifetimeMs` does not count: a stream whose client has gone is
 * not always told so.
 */
export const createLeases = (count: number, lifetimeMs: number, now: () => number): Leases => {
  const renewedAt = new Map<symbol, number>();
  const dropExpired = (): void => {
    for (const [id, at] of renewedAt) if (now() - at >= lifetimeMs) renewedAt.delete(id);
  };
  return {
    take() {
      if (renewedAt.size >= count) dropExpired();
      if (renewedAt.size >= count) return undefined;
      const id = Symbol("lease");
      let isOver = false;
      renewedAt.set(id, now());
      return {
        renew: () => {
          if (!isOver) renewedAt.set(id, now());
        },
        end: () => {
          isOver = true;
          renewedAt.delete(id);
        },
      };
    },
  };
};
