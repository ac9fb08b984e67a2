import { type Int, intOf } from "./int.ts";

/** Collects bytes. Integers take 7 bits a byte, the lowest first; signed ones alternate (0, −1, 1, −2, …), and a text is its UTF-16, one integer for each unit. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** 32 bits, whatever the sign. */
  word(value: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    bytes[this.#length++] = value;
    bytes[this.#length++] = value >>> 8;
    bytes[this.#length++] = value >>> 16;
    bytes[this.#length++] = value >>> 24;
  }

  /** A safe integer of at least 0 in 7 bytes, for those that are mostly large. */
  id(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.word(value % 2 ** 32);
    this.byte(high);
    this.byte(high >>> 8);
    this.byte(high >>> 16);
  }

  /** A safe integer of at least 0. */
  uint(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= 0x80000000) {
      bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[this.#length++] = rest;
  }

  /** Any integer. */
  int(value: Int): void {
    if (typeof value === "number" && value < 2 ** 51 && value >= -(2 ** 51)) {
      this.uint(value < 0 ? -2 * value - 1 : 2 * value);
      return;
    }
    let rest = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
    while (rest >= 128n) {
      this.byte(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  text(text: string): void {
    const { length } = text;
    this.uint(length);
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code < 128) this.byte(code);
      else this.uint(code);
    }
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }

  /** What was written, in memory of its own; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** Reads what a {@link ByteWriter} wrote. Throws past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError("The bytes end too early.");
    return value;
  }

  word(): number {
    return this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24);
  }

  id(): number {
    const low = this.word() >>> 0;
    return (this.byte() + this.byte() * 2 ** 8 + this.byte() * 2 ** 16) * 2 ** 32 + low;
  }

  uint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    let scale = 128;
    do {
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  int(): Int {
    const start = this.#at;
    let byte = this.byte();
    let value = byte & 127;
    let scale = 128;
    while (byte >= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      scale *= 128;
    }
    if (value < 2 ** 53) return value % 2 === 0 ? value / 2 : (value + 1) / -2;

    let exact = 0n;
    for (let index = this.#at - 1; index >= start; index--)
      exact = (exact << 7n) | BigInt((this.#bytes[index] ?? 0) & 127);
    return intOf(exact % 2n === 0n ? exact / 2n : (exact + 1n) / -2n);
  }

  text(): string {
    let text = "";
    for (let length = this.uint(); length > 0; length--) text += String.fromCharCode(this.uint());
    return text;
  }
}
