import { addLedgers, emptyLedger } from "../counting/ledger-counts.ts";
import type { CountedSql } from "./counted-sql.ts";
import { changeOf, entriesOf, type JournalEntry } from "./journal-entry.ts";
import { dropEarlierJournal, loadEarlierJournal } from "./earlier-journal.ts";
import { isNothing, type DeletedUnit, type MissedMessage, type ShardChange } from "./shard-change.ts";
import { ShardMemory } from "./shard-memory.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS journal (
    slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, page TEXT, part INTEGER, facts TEXT, sums BLOB, data BLOB
  )`;

/** How much of a journal there may be that no page has: it is read when the object starts. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 4_000_000;

const DAY_MS = 86_400_000;

/**
 * Days that a deletion is remembered: until no event from before it can come any more, see counting-plans.ts. Dead letters may
 * be replayed at any time, so nothing is forgotten while there are any.
 */
const KEEP_DELETION_DAYS = 20;

/** A row holds 2 MB; a character of JSON is at most 3 bytes. */
const MAX_PART = 300_000;
const MAX_ROW_BYTES = 1_900_000;

/** A list as JSON arrays, each small enough for a row. */
const partsOf = (list: readonly unknown[]): string[] => {
  const parts: string[] = [];
  let items: string[] = [];
  let length = 0;
  for (const item of list) {
    const text = JSON.stringify(item);
    if (items.length > 0 && length + text.length > MAX_PART) {
      parts.push(`[${items.join(",")}]`);
      items = [];
      length = 0;
    }
    items.push(text);
    length += text.length + 1;
  }
  return items.length > 0 ? [...parts, `[${items.join(",")}]`] : parts;
};

/** A part of a page as it was before an entry. One that is larger than a row has several, and one that is empty has no data. */
interface Image {
  readonly page: string;
  readonly part: number;
  readonly data: string | Uint8Array | null;
}

const imagesOfList = (page: string, list: readonly unknown[]): Image[] =>
  (list.length > 0 ? partsOf(list) : [null]).map((data) => ({ page, part: 0, data }));

const SUMS = "sums:";
const pageOfSums = (experiment_id: string): string => SUMS + experiment_id;

/** The pages of a shard's memory that a change is about. */
const pagesOf = ({ terms, missed, arrived, deleted, sums }: ShardChange): Set<string> => {
  const pages = new Set(["counts"]);
  if (terms.length > 0) pages.add("terms");
  if (missed.length + arrived.length > 0) pages.add("missed");
  if (deleted.length > 0) pages.add("deleted");
  for (const id of new Set(sums.map(({ key }) => key.experiment_id))) pages.add(pageOfSums(id));
  return pages;
};

/** What of a change is about pages that are not imaged with it. */
const beyondImages = (change: ShardChange, seq: number, imagedAt: ReadonlyMap<string, number>): ShardChange => {
  const { ledger, terms, missed, arrived, deleted, sums, units } = change;
  const isBeyond = (page: string): boolean => seq >= (imagedAt.get(page) ?? 0);
  const [ofCounts, ofMissed] = [isBeyond("counts"), isBeyond("missed")];
  return {
    ledger: ofCounts ? ledger : emptyLedger(),
    units: ofCounts ? units : 0,
    terms: isBeyond("terms") ? terms : [],
    missed: ofMissed ? missed : [],
    arrived: ofMissed ? arrived : [],
    deleted: isBeyond("deleted") ? deleted : [],
    sums: sums.filter(({ key }) => isBeyond(pageOfSums(key.experiment_id))),
  };
};

/** What a row of the journal holds. */
interface Slot {
  readonly seq: number;
  readonly hasEntry: boolean;
  /** By {@link imageName}. */
  readonly image: string | undefined;
}

const imageName = (page: string, part: number): string => `${part}:${page}`;

/** What is known when pages are imaged. Both instants are ms since 1970. */
export interface Packing {
  readonly memory: ShardMemory;
  readonly now: number;
  /** Messages that were received before are lost for good; they stay received, and nobody waits for them any more. */
  readonly missedSince: number;
  readonly hasDeadLetters: boolean;
}

/**
 * A shard's memory on its disk, in one table: a call writes one row, with what it changes. The memory is divided into pages, and when
 * the journal has grown long enough, the row of a call also takes an image of one page as it was before: that which has waited
 * longest. So entries that every page has an image of are not needed any more, nor is the older image of a page, and new rows take
 * the slots of such rows. Nothing is ever written but the one row a call, however many pages there are.
 *
 * An experiment is a page, because of a dimension's values the same are kept in all of its phases. The caller opens the
 * transactions, and forgets this object when one fails.
 */
export class ShardJournal {
  readonly #sql: CountedSql;
  readonly #longAfter: number;
  /** The number of the next entry. */
  #seq = 1;
  readonly #slots: Slot[] = [];
  #free: number[] = [];
  #mayHaveFreed = false;
  /** By {@link imageName}: the entry before which the newest image was taken. */
  readonly #images = new Map<string, number>();
  /** By page, the one that has waited longest first: the first entry that its image has not got. */
  readonly #waiting = new Map<string, number>();
  /** Entries that some page waits for, in order. */
  #needed: { readonly seq: number; readonly bytes: number }[] = [];
  #bytes = 0;
  /** The last part that terms are imaged in, and which term is the first in it. */
  #lastTerms = { part: 0, first: 0 };

  /** A journal of so many entries is long. */
  constructor(sql: CountedSql, longAfter = MAX_ENTRIES) {
    this.#sql = sql;
    this.#longAfter = longAfter;
    sql.exec(SCHEMA);
  }

  /** How much is to be read when the object starts, besides the pages. */
  get size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#needed.length, bytes: this.#bytes };
  }

  /** Whether it is so many times as long as it should be. */
  isLong(times: number): boolean {
    return this.#needed.length >= times * this.#longAfter || this.#bytes >= times * MAX_BYTES;
  }

  /** Everything that is kept in memory: the images, and the entries on top. Called once, first, and in a transaction. */
  load(): ShardMemory {
    const heads = this.#sql.exec<{
      slot: number;
      seq: number;
      page: string | null;
      part: number | null;
      has_entry: number;
    }>("SELECT slot, seq, page, part, facts IS NOT NULL AS has_entry FROM journal ORDER BY seq");
    const earlier = heads.length === 0 ? loadEarlierJournal(this.#sql) : undefined;
    if (earlier) return this.#takeOver(earlier);

    const imagedAt = new Map<string, number>();
    for (const { slot, seq, page, part, has_entry } of heads) {
      const image = page === null ? undefined : imageName(page, part ?? 0);
      this.#slots[slot] = { seq, hasEntry: has_entry === 1, image };
      if (image !== undefined) this.#images.set(image, seq);
      if (page !== null) imagedAt.set(page, seq);
      this.#seq = Math.max(this.#seq, seq + has_entry);
    }
    const newest = heads.filter(({ slot }) => this.#isNewestImage(this.#slots[slot]));
    const memory = this.#loadImages(newest);
    for (const { seq, facts, sums } of this.#sql.exec<{ seq: number; facts: string; sums: ArrayBuffer | null }>(
      "SELECT seq, facts, sums FROM journal WHERE facts IS NOT NULL ORDER BY seq",
    )) {
      const change = beyondImages(changeOf({ facts, sums: sums && new Uint8Array(sums) }), seq, imagedAt);
      if (isNothing(change)) continue;
      for (const term of change.terms) memory.terms.idOf(term);
      memory.absorb(change);
      this.#note(seq, facts.length + (sums?.byteLength ?? 0), pagesOf(change));
    }
    this.#mayHaveFreed = true;
    return memory;
  }

  #loadImages(
    newest: readonly { readonly slot: number; readonly page: string | null; readonly part: number | null }[],
  ) {
    const read = <Data extends string | ArrayBuffer>(isOf: (page: string) => boolean): Data[] =>
      newest
        .filter(({ page }) => page !== null && isOf(page))
        .toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0))
        .flatMap(({ slot }) => {
          const [row] = this.#sql.exec<{ data: Data | null }>("SELECT data FROM journal WHERE slot = ?", slot);
          return row?.data ?? [];
        });
    const list = <Item>(name: string): Item[][] =>
      read<string>((page) => page === name).map((data) => JSON.parse(data) as Item[]);

    const terms = list<string>("terms");
    const memory = new ShardMemory(terms.flat());
    this.#lastTerms = {
      part: Math.max(0, terms.length - 1),
      first: memory.terms.size - (terms.at(-1)?.length ?? 0),
    };
    for (const message of list<MissedMessage>("missed").flat()) memory.missed.set(message.taking, message);
    for (const unit of list<DeletedUnit>("deleted").flat()) memory.deletedUnits.set(unit.hash, unit);
    for (const counts of list<Pick<ShardMemory, "ledger" | "units">>("counts").flat()) {
      memory.ledger = addLedgers(memory.ledger, counts.ledger);
      memory.units += counts.units;
    }
    for (const data of read<ArrayBuffer>((page) => page.startsWith(SUMS))) memory.book.loadPacked(new Uint8Array(data));
    return memory;
  }

  /** Writes down all of a memory that an earlier version has left. */
  #takeOver(memory: ShardMemory): ShardMemory {
    const experiments = new Set(memory.book.parts().map(({ experiment_id }) => experiment_id));
    for (const page of ["counts", "terms", "missed", "deleted"])
      for (const image of this.#imagesOf(page, memory)) this.#write(null, image);
    for (const experiment_id of experiments) {
      memory.book.takeChanged(experiment_id);
      const phases = memory.book.parts().filter((part) => part.experiment_id === experiment_id);
      for (const { phase } of phases)
        for (const image of imagesOfSums(memory, experiment_id, phase)) this.#write(null, image);
    }
    dropEarlierJournal(this.#sql);
    return memory;
  }

  /** Writes a change, which memory has not taken in yet. With `packing`, pages that have waited longest are imaged. */
  append(change: ShardChange, packing?: Packing): void {
    const [image, ...images] = packing ? this.#imagesDue(packing) : [];
    const [first, ...entries] = entriesOf(change);
    const seq = this.#seq;
    if (first && image && sizeOf(first) + sizeOfImage(image) > MAX_ROW_BYTES) {
      this.#write(null, image);
      this.#write(first);
    } else this.#write(first ?? null, image);
    for (const each of images) this.#write(null, each, seq);
    for (const entry of entries) this.#write(entry);
    const pages = pagesOf(change);
    for (const [index, entry] of [first, ...entries].entries())
      if (entry) this.#note(seq + index, sizeOf(entry), pages);
    if (packing) this.#dropNeedless();
  }

  /** Takes note of an entry that these pages wait for. */
  #note(seq: number, bytes: number, pages: Iterable<string>): void {
    for (const page of pages) if (!this.#waiting.has(page)) this.#waiting.set(page, seq);
    this.#needed.push({ seq, bytes });
    this.#bytes += bytes;
  }

  #oldestNeeded(): number {
    const [oldest] = this.#waiting.values();
    return oldest ?? this.#seq;
  }

  #dropNeedless(): void {
    const oldest = this.#oldestNeeded();
    const count = this.#needed.findIndex(({ seq }) => seq >= oldest);
    for (const { bytes } of this.#needed.splice(0, count === -1 ? this.#needed.length : count)) this.#bytes -= bytes;
    this.#mayHaveFreed = true;
  }

  /** The images of the page that has waited longest; of all that wait where that would not be enough. */
  #imagesDue(packing: Packing): Image[] {
    const count = this.#bytes >= 2 * MAX_BYTES ? this.#waiting.size : 1;
    const pages = [...this.#waiting.keys()].slice(0, count);
    return pages.flatMap((page) => {
      if (page === "counts") this.#findForgettable(packing);
      if (page === "missed") for (const taking of lostIn(packing)) packing.memory.missed.delete(taking);
      if (page === "deleted") for (const hash of outdatedIn(packing)) packing.memory.deletedUnits.delete(hash);
      this.#waiting.delete(page);
      return this.#imagesOf(page, packing.memory);
    });
  }

  /** Has pages imaged soon that have something to be forgotten, if nothing else changes in them. */
  #findForgettable(packing: Packing): void {
    if (!this.#waiting.has("missed") && lostIn(packing).length > 0) this.#waiting.set("missed", this.#seq);
    if (!this.#waiting.has("deleted") && outdatedIn(packing).length > 0) this.#waiting.set("deleted", this.#seq);
  }

  #imagesOf(page: string, memory: ShardMemory): Image[] {
    const { ledger, units, missed, deletedUnits, book } = memory;
    switch (page) {
      case "counts":
        return imagesOfList(page, [{ ledger, units }]);
      case "missed":
        return imagesOfList(page, [...missed.values()]);
      case "deleted":
        return imagesOfList(page, [...deletedUnits.values()]);
      case "terms":
        return this.#imagesOfTerms(memory);
      default: {
        const experiment_id = page.slice(SUMS.length);
        return book.takeChanged(experiment_id).flatMap((phase) => imagesOfSums(memory, experiment_id, phase));
      }
    }
  }

  /** Terms are never changed: the last part of them may have grown, and new ones may follow. */
  #imagesOfTerms({ terms, termsOnDisk }: ShardMemory): Image[] {
    const { part, first } = this.#lastTerms;
    const parts = partsOf(terms.since(first).slice(0, termsOnDisk - first));
    const last = (JSON.parse(parts.at(-1) ?? "[]") as string[]).length;
    this.#lastTerms = { part: part + Math.max(0, parts.length - 1), first: termsOnDisk - last };
    return parts.map((data, index) => ({ page: "terms", part: part + index, data }));
  }

  /** Writes a row. An entry gets the next number; an image alone is by `before`, the entry that it was taken before. */
  #write(entry: JournalEntry | null, image?: Image, before = this.#seq): void {
    const seq = entry ? this.#seq++ : before;
    const slot = this.#takeSlot();
    this.#sql.exec(
      "INSERT OR REPLACE INTO journal (slot, seq, page, part, facts, sums, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      slot,
      seq,
      image?.page ?? null,
      image?.part ?? null,
      entry?.facts ?? null,
      entry?.sums ?? null,
      image?.data ?? null,
    );
    const name = image && imageName(image.page, image.part);
    this.#slots[slot] = { seq, hasEntry: entry !== null, image: name };
    if (name !== undefined) this.#images.set(name, seq);
  }

  #takeSlot(): number {
    if (this.#free.length === 0 && this.#mayHaveFreed) {
      const oldest = this.#oldestNeeded();
      const isFree = (slot: Slot): boolean => !(slot.hasEntry && slot.seq >= oldest) && !this.#isNewestImage(slot);
      const free = [...this.#slots.keys()].filter((slot) => {
        const held = this.#slots[slot];
        return held !== undefined && isFree(held);
      });
      // Old images are large, so their slots are taken first, from the end.
      const [entries, images] = [false, true].map((hasImage) =>
        free.filter((slot) => (this.#slots[slot]?.image !== undefined) === hasImage),
      );
      this.#free = [...(entries ?? []), ...(images ?? [])];
      this.#mayHaveFreed = false;
    }
    return this.#free.pop() ?? this.#slots.length;
  }

  #isNewestImage(slot: Slot | undefined): boolean {
    return slot?.image !== undefined && this.#images.get(slot.image) === slot.seq;
  }
}

const imagesOfSums = ({ book }: ShardMemory, experiment_id: string, part: number): Image[] => {
  const page = pageOfSums(experiment_id);
  const chunks = book.packExperiment(experiment_id, part);
  return (chunks.length > 0 ? chunks : [null]).map((data) => ({ page, part, data }));
};

const sizeOf = ({ facts, sums }: JournalEntry): number => 3 * facts.length + (sums?.byteLength ?? 0);
const sizeOfImage = ({ data }: Image): number => (typeof data === "string" ? 3 * data.length : (data?.byteLength ?? 0));

const lostIn = ({ memory, missedSince }: Packing): string[] =>
  [...memory.missed].flatMap(([taking, { received_at }]) => (received_at < missedSince ? [taking] : []));

const outdatedIn = ({ memory, now, hasDeadLetters }: Packing): string[] =>
  hasDeadLetters
    ? []
    : [...memory.deletedUnits].flatMap(([hash, { noted_at }]) =>
        noted_at < now - KEEP_DELETION_DAYS * DAY_MS ? [hash] : [],
      );
