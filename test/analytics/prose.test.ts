import { describe, expect, it } from "vitest";
import { type Prose, sentencesOf, textOf } from "../../analytics/prose.ts";

describe("prose", () => {
  it("is its sentences in order, however deep, without what is not to be said", () => {
    const prose: Prose = ["A.", false, [null, ["B.", { sentence: "C." }], ""], undefined, "D."];
    expect(sentencesOf(prose)).toEqual(["A.", "B.", "C.", "D."]);
    expect(textOf(prose)).toBe("A. B. C. D.");
  });

  it("is empty where nothing is said", () => {
    expect(sentencesOf(undefined)).toEqual([]);
    expect(textOf([[], false])).toBe("");
  });
});
