import { describe, expect, it } from "vitest";
import { newKey } from "../../../workers/admin/new-key.ts";
import { environmentOfKey } from "../../../workers/http/credentials.ts";

describe("a new key", () => {
  it.each(["client", "server"] as const)("of type %s names its environment", (type) => {
    expect(environmentOfKey(newKey(type, "eu-west-1").key)).toBe("eu-west-1");
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 500 }, () => newKey("admin", null).key)).size).toBe(500);
  });

  it("uses every character of base 62 about equally often", () => {
    const text = Array.from({ length: 4000 }, () => newKey("admin", null).key.slice("ew_admin_".length)).join("");
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect(counts.size).toBe(62);
    // 128,000 draws, 2,065 expected of each, standard deviation 45: six of them is 270.
    for (const count of counts.values()) expect(Math.abs(count - text.length / 62)).toBeLessThan(270);
  });
});
