import { describe, expect, it } from "vitest";
import { hasHeardOfNewer } from "../../../workers/decide/ofrep-news.ts";

describe("hasHeardOfNewer", () => {
  const pointer = { version: 4, hash: "ab12", published_at: 1_700_000_000_900 };
  const heard = (etag: string, lastModified?: string): boolean =>
    hasHeardOfNewer(
      new URLSearchParams({
        flagConfigEtag: etag,
        ...(lastModified === undefined ? {} : { flagConfigLastModified: lastModified }),
      }).toString(),
      pointer,
    );

  it("is so for another ruleset of the same second or later, or of an unknown time", () => {
    expect(heard('"cd34"', "1700000000")).toBe(true);
    expect(heard('"cd34"', "1700000001")).toBe(true);
    expect(heard('"cd34"')).toBe(true);
    expect(heard('"cd34"', "2026-01-01T00:00:00Z")).toBe(true);
  });

  it("is not so for this ruleset, for one before it, or for a client that was told of none", () => {
    expect(heard('"ab12"', "1700000000")).toBe(false);
    expect(heard('"cd34"', "1699999999")).toBe(false);
    expect(hasHeardOfNewer("", pointer)).toBe(false);
    expect(hasHeardOfNewer("a=1&flagConfigLastModified=1800000000", pointer)).toBe(false);
  });
});
