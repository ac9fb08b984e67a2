import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { etagOf, isNamedIn } from "../../../workers/decide/ofrep-etag.ts";

describe("etagOf", () => {
  it("is the quoted SHA-256 of the body", async () => {
    const body = new TextEncoder().encode('{"flags":[]}');
    expect(await etagOf(body)).toBe(`"${createHash("sha256").update(body).digest("base64url")}"`);
  });
});

describe("isNamedIn", () => {
  const etag = '"abc-_1"';

  it.each([
    ["strong", '"abc-_1"'],
    ["weak", 'W/"abc-_1"'],
    ["without quotes", "abc-_1"],
    ["second in a list", '"x", "abc-_1"'],
    ["weak in a list without spaces", '"x",W/"abc-_1","y"'],
    ["after one with a comma in it", '"x,y", "abc-_1"'],
  ])("finds a tag that is %s", (_, list) => {
    expect(isNamedIn(list, etag)).toBe(true);
  });

  it.each([
    ["nothing", null],
    ["an empty list", ""],
    ["another tag", '"abc"'],
    ["the tag inside of another", '"abc-_1, x"'],
    ["anything", "*"],
  ])("does not find it in %s", (_, list) => {
    expect(isNamedIn(list, etag)).toBe(false);
  });
});
