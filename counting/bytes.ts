import { type Int, intOf } from "./int.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Texts up to this many characters are encoded and decoded by hand when they are ASCII: calling out costs more. */
const SHORT = 40;

/** Collects bytes. Integers take 7 bits a byte, the lowest first; signed ones alternate (0, −1, 1, −2, …). */
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
    if (length <= SHORT) {
      const start = this.#length;
      this.#reserve(length + 1);
      this.#bytes[this.#length++] = length;
      let seen = 0;
      for (let index = 0; index < length; index++) {
        const code = text.charCodeAt(index);
        seen |= code;
        this.#bytes[this.#length++] = code;
      }
      if (seen < 0x80) return;
      this.#length = start;
    }
    const encoded = encoder.encode(text);
    this.uint(encoded.length);
    this.bytes(encoded);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
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
    const length = this.uint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("The bytes end too early.");
    if (length <= SHORT) {
      let text = "";
      let index = this.#at;
      for (; index < end; index++) {
        const code = this.#bytes[index] ?? 0;
        if (code >= 0x80) break;
        text += String.fromCharCode(code);
      }
      if (index === end) {
        this.#at = end;
        return text;
      }
    }
    const text = decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return text;
  }
}
