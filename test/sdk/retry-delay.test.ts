import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterMs, retryDelayMs } from "../../sdk/retry-delay.ts";

describe("retryDelayMs", () => {
  it("doubles from a second up to a minute", () => {
    expect([1, 2, 3, 6, 7, 100].map((failures) => retryDelayMs(failures, 0))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
  });

  it("leaves out at most half of it at random", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, random) => {
          const whole = retryDelayMs(n, 0);
          const delay = retryDelayMs(n, random);
          return delay <= whole && delay > whole / 2 - 1e-9;
        },
      ),
      { seed: 1 },
    );
  });
});

describe("retryAfterMs", () => {
  const now = Date.parse("2026-11-21T00:00:00Z");

  it.each([
    ["30", 30_000],
    ["0", 0],
    ["Sat, 21 Nov 2026 00:02:00 GMT", 120_000],
    ["Fri, 20 Nov 2026 00:00:00 GMT", 0],
    ["-5", 0],
    ["soon", 0],
    ["", 0],
    [null, 0],
    ["999999999", 3_600_000],
  ])("understands %j", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
