import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forEachPair, parseQuery, targetOf } from "../../../workers/decide/query.ts";

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

const pairsOf = (text: string): [name: string, value: string][] => {
  const pairs: [string, string][] = [];
  forEachPair(text, (name, value) => pairs.push([name, value]));
  return pairs;
};

describe("forEachPair", () => {
  it("reads any query as URLSearchParams does", () => {
    fc.assert(
      fc.property(query, (text) => {
        // A "?" at the very beginning is for URLSearchParams the mark of the query, not a part of it.
        fc.pre(!text.startsWith("?"));
        expect(pairsOf(text)).toEqual([...new URLSearchParams(text)]);
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

describe("parseQuery", () => {
  it.each([
    ["experiments=a,b&flags=f&experiments=c&flags=g", { experiments: ["a", "b", "c"], flags: ["f", "g"] }],
    ["experiments=&flags=*", { experiments: [], flags: ["*"] }],
    ["sticky=%7B%22a%22:%22b%22%7D", { sticky: { a: "b" } }],
    ["rankings=%7B%22a%22:%7B%22b%22:%5B%22i%22%5D%7D%7D", { rankings: { a: { b: ["i"] } } }],
    ["user%5Fkey=u+1%2B", { user_key: "u 1+" }],
  ])("reads %s", (text, input) => {
    expect(parseQuery(text)).toEqual({ env: undefined, isExplained: false, input });
  });

  it("names every mistake", () => {
    const query = "explain=yes&__proto__=1&user_key=a&user_key=b&units=5&flags=a,,b&constructor=x";
    expect(() => parseQuery(query)).toThrow(
      expect.objectContaining({
        status: 400,
        errors: ["__proto__", "user_key", "constructor", "explain", "units", "flags.1"].map((path) =>
          expect.objectContaining({ path }),
        ),
      }),
    );
  });
});
