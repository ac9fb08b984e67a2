import { describe, expect, it } from "vitest";
import { Key } from "../../contract/key.ts";
import { newId } from "../../d1/id.ts";

describe("a new id", () => {
  it("can never be a key, so a reference is one or the other", () => {
    expect(newId("exp")).toMatch(/^exp_[0-9A-HJKMNP-TV-Z]{18}$/);
    expect(Key.safeParse(newId("exp")).success).toBe(false);
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 1000 }, () => newId("exp"))).size).toBe(1000);
  });

  it("begins with the time, as ULIDs do, so that lists page by id", () => {
    // 2016-07-30T23:54:10.259Z is 01ARYZ6S41 by the ULID specification, so what is made now sorts after it.
    expect(newId("exp") > "exp_01ARYZ6S41").toBe(true);
    expect(newId("exp").slice(4, 8) < "0200").toBe(true);
  });
});
