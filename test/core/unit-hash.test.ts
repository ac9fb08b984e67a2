import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import { unitHash } from "../../core/unit-hash.ts";

describe("unitHash", () => {
  it("is two murmur3 of the type and the unit, in 16 hex digits", () => {
    const bytes = new TextEncoder().encode("user_id:jürgen");
    const hex = (seed: number): string => murmurhash.v3(bytes, seed).toString(16).padStart(8, "0");
    expect(unitHash("user_id", "jürgen")).toBe(hex(0) + hex(0x9747b28c));
    expect(unitHash("user_id", "jürgen")).toMatch(/^[0-9a-f]{16}$/);
  });

  it("tells types of units apart", () => {
    expect(unitHash("user_id", "1")).not.toBe(unitHash("device_id", "1"));
  });

  it("tells 100,000 units apart", () => {
    expect(new Set(Array.from({ length: 100_000 }, (_, id) => unitHash("user_id", `${id}`))).size).toBe(100_000);
  });
});
