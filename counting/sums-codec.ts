import type { SumName, SumsKind } from "../contract/sums.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { type Int, isZero } from "./int.ts";
import { SUM_NAMES, type SumsChange } from "./sums.ts";

/** A kind is stored as its place here: new ones go to the end. */
const KINDS = ["day", "age", "dimension", "joint", "bucket", "block", "credit"] as const satisfies readonly SumsKind[];

export const writeKind = (writer: ByteWriter, kind: SumsKind): void => writer.byte(KINDS.indexOf(kind));

export const readKind = (reader: ByteReader): SumsKind => {
  const kind = KINDS[reader.byte()];
  if (kind === undefined) throw new Error("Sums are of a kind that is not known.");
  return kind;
};

/** Writes texts of which most come again: in full the first time, then as a number. */
export class TextWriter {
  readonly #writer: ByteWriter;
  readonly #ids = new Map<string, number>();

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  write(text: string): void {
    const id = this.#ids.get(text);
    if (id === undefined) {
      this.#ids.set(text, this.#ids.size + 1);
      this.#writer.uint(0);
      this.#writer.text(text);
    } else this.#writer.uint(id);
  }
}

/** The opposite of {@link TextWriter}. */
export class TextReader {
  readonly #reader: ByteReader;
  readonly #texts: string[] = [];

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  read(): string {
    const id = this.#reader.uint();
    if (id > 0) {
      const text = this.#texts[id - 1];
      if (text === undefined) throw new Error(`There is no text ${id}.`);
      return text;
    }
    const text = this.#reader.text();
    this.#texts.push(text);
    return text;
  }
}

type NamedSums = SumsChange["sums"];

/** A cell's numbers: which sums follow as bits, `n`, then the sums. */
export const writeNumbers = (writer: ByteWriter, n: number, sums: NamedSums): void => {
  let mask = 0;
  for (const [place, name] of SUM_NAMES.entries()) if (!isZero(sums[name] ?? 0)) mask |= 1 << place;
  writer.uint(mask);
  writer.int(n);
  for (const [place, name] of SUM_NAMES.entries()) if (mask & (1 << place)) writer.int(sums[name] ?? 0);
};

export const readNumbers = (reader: ByteReader): { n: number; sums: NamedSums } => {
  const mask = reader.uint();
  const n = Number(reader.int());
  const sums: Partial<Record<SumName, Int>> = {};
  for (const [place, name] of SUM_NAMES.entries()) if (mask & (1 << place)) sums[name] = reader.int();
  return { n, sums };
};
