import { describe, expect, it } from "vitest";
import { switchbackUnit } from "../../core/switchback.ts";

describe("switchbackUnit", () => {
  const start = Date.UTC(2026, 0, 1);

  it("is the unit at the number of the window since 1970", () => {
    expect(switchbackUnit("vienna", 30, start)).toBe(`vienna@${start / (30 * 60_000)}`);
  });

  it("stays the same to the last millisecond of a window", () => {
    expect(switchbackUnit("vienna", 30, start + 30 * 60_000 - 1)).toBe(switchbackUnit("vienna", 30, start));
    expect(switchbackUnit("vienna", 30, start + 30 * 60_000)).not.toBe(switchbackUnit("vienna", 30, start));
  });
});
