import { describe, expect, it } from "vitest";
import { hash32 } from "../../core/hash.ts";
import { wideHash } from "../../core/wide-hash.ts";

describe("the wide hash", () => {
  it("tells texts apart that are the same to the narrow one under every seed", () => {
    const [a, b] = ["unit 357767", "unit 95202"];
    for (let seed = 0; seed < 4; seed++) expect(hash32(a, SEEDS[seed])).toBe(hash32(b, SEEDS[seed]));
    expect(wideHash(a)).not.toBe(wideHash(b));
  });

  it("is 32 hex digits, other ones for each of 300,000 similar texts", () => {
    const hashes = new Set(Array.from({ length: 300_000 }, (_, index) => wideHash(`unit ${index}`)));
    expect(hashes.size).toBe(300_000);
    expect(wideHash("")).toMatch(/^[0-9a-f]{32}$/);
  });
});

const SEEDS = [1, 2, 3, 4];
