import { describe, expect, it } from "vitest";
import { Terms } from "../../counting/terms.ts";

describe("Terms", () => {
  it("give a text one number for good", () => {
    const terms = new Terms(["a", "b"]);
    expect([terms.idOf("c"), terms.idOf("a"), terms.idOf("c")]).toEqual([2, 0, 2]);
    expect([terms.findId("b"), terms.findId("d"), terms.size]).toEqual([1, undefined, 3]);
    expect(terms.textOf(2)).toBe("c");
  });

  it("say what is new, from which others can be made", () => {
    const terms = new Terms(["a"]);
    terms.idOf("b");
    terms.idOf("c");
    expect(terms.since(1)).toEqual(["b", "c"]);
    expect(new Terms(["a", ...terms.since(1)]).idOf("c")).toBe(terms.idOf("c"));
  });

  it("do not make up a text", () => {
    expect(() => new Terms().textOf(0)).toThrow("no term 0");
  });
});
