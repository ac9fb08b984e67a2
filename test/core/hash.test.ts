import * as fc from "fast-check";
import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import { bucketFrom, hash32, packTexts, packedBucketFrom, unitState } from "../../core/hash.ts";
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

/** The contract, computed with the npm package and nothing of ours. */
const bucketByOracle = (unit: string, salt: string): number =>
  murmurhash.v3(new TextEncoder().encode(`${unit}:${salt}`), 0) % 10_000;

describe("the state of a unit", () => {
  it("gives the unit's bucket under any salt", () => {
    fc.assert(
      fc.property(anyText, anyText, (unit, salt) => {
        expect(bucketFrom(unitState(unit), salt)).toBe(bucketByOracle(unit, salt));
      }),
      { seed: 5, numRuns: 3_000 },
    );
  });

  it("gives it under any packed salt", () => {
    fc.assert(
      fc.property(anyText, fc.array(anyText, { maxLength: 5 }), (unit, salts) => {
        const { words, first, bytes } = packTexts(salts);
        const state = unitState(unit);
        const buckets = salts.map((_, index) => packedBucketFrom(state, words, first[index] ?? -1, bytes[index] ?? -1));
        expect(buckets).toEqual(salts.map((salt) => bucketByOracle(unit, salt)));
      }),
      { seed: 6, numRuns: 2_000 },
    );
  });

  it.each([0, 1, 2, 3])("resumes with %d bytes left over, whatever the salt's length is", (left) => {
    const unit = "unit-of-length".slice(0, 3 + left);
    const salts = Array.from({ length: 18 }, (_, length) => "0123456789abcdefgh".slice(0, length));
    const { words, first, bytes } = packTexts(salts);
    const expected = salts.map((salt) => bucketByOracle(unit, salt));
    expect(salts.map((salt) => bucketFrom(unitState(unit), salt))).toEqual(expected);
    expect(
      salts.map((_, index) => packedBucketFrom(unitState(unit), words, first[index] ?? -1, bytes[index] ?? -1)),
    ).toEqual(expected);
  });
});
