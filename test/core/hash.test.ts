import * as fc from "fast-check";
import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import { hash32 } from "../../core/hash.ts";
import vectors from "../fixtures/assignment.json" with { type: "json" };

/** Any sequence of UTF-16 code units: the surrogates among them are mostly alone. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x7f }),
      fc.integer({ min: 0x80, max: 0xffff }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
    ),
    { maxLength: 40 },
  )
  .map((units) => String.fromCharCode(...units));

describe("hash32", () => {
  it.each(vectors.murmur3_x86_32)("hashes %o as the published vectors have it", ({ utf8, seed, hash }) => {
    expect(hash32(utf8, seed)).toBe(hash);
  });

  it("agrees with the npm package murmurhash on texts of whole characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.nat(0xffffffff), (text, seed) => {
        expect(hash32(text, seed)).toBe(murmurhash.v3(new TextEncoder().encode(text), seed));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("takes a lone surrogate for U+FFFD, as TextEncoder does", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hash32(text)).toBe(murmurhash.v3(new TextEncoder().encode(text), 0));
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it("covers every plane of Unicode", () => {
    for (const code of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff])
      expect(hash32(String.fromCharCode(code))).toBe(
        murmurhash.v3(new TextEncoder().encode(String.fromCharCode(code)), 0),
      );
    for (const code of [0x10000, 0x1f600, 0x10fffe, 0x10ffff])
      expect(hash32(String.fromCodePoint(code))).toBe(
        murmurhash.v3(new TextEncoder().encode(String.fromCodePoint(code)), 0),
      );
  });
});
