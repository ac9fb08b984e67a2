import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../counting/bytes.ts";
import { intOf } from "../../counting/int.ts";

const item = fc.oneof(
  fc.maxSafeNat().map((value) => ({ kind: "uint" as const, value })),
  fc
    .oneof(fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }), fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n }))
    .map((value) => ({ kind: "int" as const, value: intOf(value) })),
  fc.string({ unit: "binary", maxLength: 50 }).map((value) => ({ kind: "text" as const, value })),
  fc.integer({ min: 0, max: 255 }).map((value) => ({ kind: "byte" as const, value })),
  fc.maxSafeNat().map((value) => ({ kind: "id" as const, value })),
  fc.integer().map((value) => ({ kind: "word" as const, value })),
);

describe("bytes", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), (items) => {
        const writer = new ByteWriter(1);
        for (const { kind, value } of items)
          if (kind === "text") writer.text(value);
          else if (kind === "int") writer.int(value);
          else writer[kind](value);
        const reader = new ByteReader(writer.take());
        expect(items.map(({ kind }) => reader[kind]())).toEqual(items.map(({ value }) => value));
        expect(reader.isAtEnd).toBe(true);
      }),
      { numRuns: 2000, seed: 20_261_131 },
    );
  });

  it("take one byte for small numbers of either sign", () => {
    const writer = new ByteWriter();
    for (const value of [0, 63, -64]) writer.int(value);
    writer.uint(127);
    expect(writer.take()).toHaveLength(4);
  });

  it("keep halves of surrogate pairs apart", () => {
    const writer = new ByteWriter();
    writer.text("\ud83d");
    expect(new ByteReader(writer.take()).text()).toBe("\ud83d");
  });

  it("do not end early unnoticed", () => {
    expect(() => new ByteReader(new Uint8Array([128])).uint()).toThrow(RangeError);
    expect(() => new ByteReader(new Uint8Array([2, 65])).text()).toThrow(RangeError);
  });
});
