/** How much is sent, and how. Everything that is random follows from `seed`. */
export interface Workload {
  /** Events sent, copies included. */
  readonly events: number;
  readonly users: number;
  readonly experiments: number;
  /** The share of `events` that was sent before: half of them by themselves, half in whole batches that are sent again. */
  readonly duplicates: number;
  /** Events in a batch, at most. */
  readonly batch: number;
  /** `shuffled` mixes users and times in every batch, as servers do; `user` gives each batch one user, as browsers do. */
  readonly order: "shuffled" | "user";
  /** So many clients send each batch at once. */
  readonly clients?: number;
  readonly seed: number;
  /** ms since 1970. Events claim to be of the week before it. */
  readonly now: number;
}

/** Event and unit ids begin with it, so that loads do not meet one another's. */
export const prefixOf = ({ seed, now }: Workload): string => `load-${now.toString(36)}-${seed.toString(36)}`;

/** How many events there are to be sent once and again. */
export interface Copies {
  readonly distinct: number;
  /** Sent once more in another batch. */
  readonly copied: number;
  /** Batches that are sent once more. */
  readonly resent: number;
}

export const copiesOf = ({ events, users, duplicates, batch, order }: Workload): Copies => {
  const again = Math.round(events * duplicates);
  const size = order === "user" ? Math.min(batch, Math.ceil(events / users)) : batch;
  const resent = Math.floor(again / 2 / size);
  const copied = again - resent * size;
  return { distinct: events - again, copied, resent };
};

/** The first of a user's distinct events; that of the next user is where they end. */
export const firstEventOf = (user: number, { users }: Workload, distinct: number): number =>
  Math.floor((distinct * user) / users);
