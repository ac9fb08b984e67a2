import { seededRandom } from "../random.ts";
import { eventText, lifeOf } from "./life.ts";
import { Reference } from "./reference.ts";
import { copiesOf, firstEventOf, prefixOf, type Workload } from "./workload.ts";

/** A load that is ready to be sent, and what has to come of it. */
export interface PreparedLoad {
  /** Bodies in the order in which they are sent. */
  readonly length: number;
  /** Of the `index`-th: JSON in UTF-8. */
  body(index: number): Buffer;
  /** Events in the `index`-th. */
  eventsIn(index: number): number;
  /** Events in all of them, by all clients. */
  readonly events: number;
  /** What becomes of them in the ledger, if each body is taken once from each client. */
  readonly fates: {
    readonly applied: number;
    readonly duplicate: number;
    readonly late: number;
    readonly rejected: number;
  };
  readonly reference: Reference;
  /** Each body is sent by so many clients. */
  readonly clients: number;
}

const shuffle = (items: Int32Array, random: () => number): void => {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = items[last] ?? 0;
    items[last] = items[other] ?? 0;
    items[other] = kept;
  }
};

/** The texts of all distinct events in one piece of memory: a million of them as strings would be collected as garbage for seconds. */
class Texts {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #used = 0;
  readonly #ends: number[] = [];

  add(text: string): void {
    // Two bytes a character are more than any text here has.
    while (this.#used + text.length * 2 > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    this.#used += this.#bytes.write(text, this.#used);
    this.#ends.push(this.#used);
  }

  at(index: number): Buffer {
    return this.#bytes.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }
}

/**
 * Makes the users' lives one after the other, adds each to the reference, and cuts all their events into batches. Needs some
 * 250 bytes of memory an event. `advance` is called with the number of users that were made since the last time.
 */
export const prepareLoad = (
  workload: Workload,
  experimentKeys: readonly string[],
  advance: (users: number) => void = () => undefined,
): PreparedLoad => {
  const { users, seed, batch, order, clients = 1 } = workload;
  const { distinct, copied, resent } = copiesOf(workload);
  const prefix = prefixOf(workload);
  const random = seededRandom(seed);
  const texts = new Texts();
  const reference = new Reference();
  /** Of each distinct event: what becomes of a further copy of it. */
  const kinds = new Uint8Array(distinct);
  const [COUNTED, LATE, INVALID] = [0, 1, 2];
  for (let user = 0; user < users; user++) {
    const from = firstEventOf(user, workload, distinct);
    const life = lifeOf(user, firstEventOf(user + 1, workload, distinct) - from, workload);
    reference.add(life);
    for (const [index, event] of life.entries()) {
      const id = `${prefix}-${(from + index).toString(36)}`;
      texts.add(eventText(event, { id, userId: `${prefix}-u${user}`, experimentKeys }));
      kinds[from + index] = event.kind === "late" ? LATE : event.kind === "invalid" ? INVALID : COUNTED;
    }
    if (user % 1_000 === 999) advance(1_000);
  }
  advance(users % 1_000);

  const slots = new Int32Array(distinct + copied);
  for (let slot = 0; slot < slots.length; slot++)
    slots[slot] = slot < distinct ? slot : Math.floor(random() * distinct);
  if (order === "shuffled") shuffle(slots, random);
  // A user's events have neighbouring numbers.
  else slots.sort();
  const starts = order === "shuffled" ? everyNth(slots.length, batch) : userStarts(slots, workload, distinct);

  const sent = new Int32Array(starts.length + resent);
  for (let index = 0; index < sent.length; index++)
    sent[index] = index < starts.length ? index : Math.floor(random() * starts.length);
  shuffle(sent, random);

  const slotsOf = (index: number): Int32Array => {
    const own = sent[index] ?? 0;
    return slots.subarray(starts[own], starts[own + 1]);
  };
  const fates = { applied: reference.applied, duplicate: copiedOf(COUNTED), late: 0, rejected: 0 };
  function copiedOf(kind: number): number {
    let count = 0;
    for (const slot of slots) if (kinds[slot] === kind) count++;
    return kind === COUNTED ? count - reference.applied : count;
  }
  fates.late = copiedOf(LATE);
  fates.rejected = copiedOf(INVALID);
  let events = 0;
  for (let index = 0; index < sent.length; index++) events += slotsOf(index).length * clients;
  // All events of a batch that was taken before are duplicates, whatever they were the first time.
  fates.duplicate += events - slots.length;

  const comma = Buffer.from(",");
  const end = Buffer.from("]}");
  return {
    length: sent.length,
    events,
    fates,
    reference,
    clients,
    eventsIn: (index) => slotsOf(index).length,
    body(index) {
      const parts: Uint8Array[] = [Buffer.from(`{"batch_id":"${prefix}-b${sent[index]}","events":[`)];
      for (const slot of slotsOf(index)) parts.push(texts.at(slot), comma);
      parts[parts.length - 1] = end;
      return Buffer.concat(parts);
    },
  };
};

const everyNth = (length: number, size: number): Int32Array =>
  Int32Array.from({ length: Math.ceil(length / size) }, (_, index) => index * size);

/** Where batches of one user each begin, none with more events than a batch may have. */
const userStarts = (slots: Int32Array, workload: Workload, distinct: number): Int32Array => {
  const starts: number[] = [];
  let user = -1;
  let end = 0;
  let length = 0;
  for (const [index, slot] of slots.entries()) {
    if (slot >= end || length === workload.batch) {
      while (slot >= end) end = firstEventOf(++user + 1, workload, distinct);
      starts.push(index);
      length = 0;
    }
    length++;
  }
  return Int32Array.from(starts);
};
