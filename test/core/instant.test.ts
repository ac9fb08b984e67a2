import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantOf } from "../../core/instant.ts";

describe("instantOf", () => {
  it.each([
    ["2026-01-02T03:04:05.678Z", Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ["2026-01-02T03:04:05Z", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["2026-01-02T03:04Z", Date.UTC(2026, 0, 2, 3, 4)],
    ["2026-01-02T03:04:05", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["2026-01-02 03:04:05", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["2026-01-02", Date.UTC(2026, 0, 2)],
    ["2026-01-02T03:04:05+02:00", Date.UTC(2026, 0, 2, 1, 4, 5)],
    ["2026-01-02T03:04:05-0530", Date.UTC(2026, 0, 2, 8, 34, 5)],
    ["2026-01-02T03:04:05.6Z", Date.UTC(2026, 0, 2, 3, 4, 5, 600)],
    ["2026-01-02T03:04:05.678901234Z", Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
    ["2000-02-29", Date.UTC(2000, 1, 29)],
    [1_700_000_000_000, 1_700_000_000_000],
    [-1, -1],
  ])("reads %o as %d", (value, ms) => {
    expect(instantOf(value)).toBe(ms);
  });

  it.each([
    "",
    "now",
    "2026",
    "2026-01",
    "26-01-02",
    "2026-1-2",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-01-02T24:00:00Z",
    "2026-01-02T03:60:00Z",
    "2026-01-02T03:04:60Z",
    "2026-01-02T03",
    "2026-01-02T03:04:05 Z",
    "2026-01-02T03:04:05+2",
    " 2026-01-02",
    "1700000000000",
    8.64e15 + 1,
    true,
    null,
    ["2026-01-02"],
    { at: "2026-01-02" },
    undefined,
  ])("takes %o for no instant", (value) => {
    expect(instantOf(value)).toBeUndefined();
  });

  it("agrees with Date on every instant that Date writes", () => {
    const dates = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});
