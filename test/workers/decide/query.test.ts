import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryPairs, targetOf } from "../../../workers/decide/query.ts";

/** What can stand in a query: escapes that are right, wrong, and no UTF-8. */
const query = fc
  .array(
    fc.oneof(
      fc.constantFrom("&", "=", "+", "%", "%20", "%2", "%zz", "%C3%BC", "%C3", "%ED%A0%80", "%F0%9F%98%80", "&&", "a"),
      fc.string({ unit: "grapheme-ascii", maxLength: 4 }).map((text) => text.replaceAll("#", "")),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("queryPairs", () => {
  it("reads any query as URLSearchParams does", () => {
    fc.assert(
      fc.property(query, (text) => {
        // A "?" at the very beginning is for URLSearchParams the mark of the query, not a part of it.
        fc.pre(!text.startsWith("?"));
        expect(queryPairs(text)).toEqual([...new URLSearchParams(text)]);
      }),
      { seed: 12, numRuns: 3_000 },
    );
  });
});

describe("targetOf", () => {
  it.each([
    ["https://edge.test/v1/decide", "/v1/decide", ""],
    ["https://edge.test/v1/decide?", "/v1/decide", ""],
    ["https://edge.test/v1/decide?a=/b?c", "/v1/decide", "a=/b?c"],
    ["http://127.0.0.1:8787/", "/", ""],
  ])("takes %s apart", (url, pathname, text) => {
    expect(targetOf(url)).toEqual({ pathname, query: text });
  });
});
