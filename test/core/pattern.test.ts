import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PATTERN_TEXT, patternOf, patternProblem } from "../../core/pattern.ts";

const atoms = fc.constantFrom(
  "a",
  "b",
  "é",
  "😀",
  ".",
  "[ab]",
  "[^a]",
  String.raw`\w`,
  String.raw`\D`,
  String.raw`\.`,
  "^",
  "$",
  String.raw`\b`,
  String.raw`\B`,
);
const quantifiers = fc.constantFrom("", "", "?", "*", "+", "{2}", "{1,}", "{0,2}", "*?");

/** Patterns of the syntax, the ones that are refused among them. */
const { pattern: patterns } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: "small" },
    fc
      .tuple(atoms, quantifiers)
      .map(([atom, quantifier]) => (/^(\^|\$|\\[bB])$/.test(atom) ? atom : atom + quantifier)),
    fc
      .tuple(
        fc.constantFrom("(", "(?:", "(?<n>"),
        fc.array(tie("pattern"), { minLength: 1, maxLength: 3 }),
        quantifiers,
      )
      .map(([opening, options, quantifier]) => `${opening}${options.join("|")})${quantifier}`),
  ),
  pattern: fc.array(tie("part"), { maxLength: 4 }).map((parts) => parts.join("")),
}));

const texts = fc.array(fc.constantFrom("a", "b", "é", "😀", "_", "-", ".", "\n", "1", "\ud800"), { maxLength: 12 });

describe("a pattern", () => {
  it("matches what a regular expression of JavaScript with the flag u matches", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, characters) => {
        fc.pre(patternProblem(pattern) === undefined);
        const text = characters.join("");
        expect(patternOf(pattern)(text)).toBe(new RegExp(pattern, "u").test(text));
      }),
      { seed: 1, numRuns: 5_000 },
    );
  });

  it.each([
    ["^user-[0-9]+$", "user-42", true],
    ["^user-[0-9]+$", "user-42x", false],
    [String.raw`@example\.(com|org)$`, "a@example.org", true],
    [String.raw`^\d{1,3}(\.\d{1,3}){3}$`, "192.168.0.1", true],
    [String.raw`\bpro\b`, "a pro plan", true],
    [String.raw`\bpro\b`, "a product", false],
    [String.raw`^\p{Lu}`, "Ärger", true],
    [String.raw`^\u{1F600}$`, "😀", true],
    [String.raw`^\ud83d\ude00$`, "😀", true],
    [String.raw`[\]\-]`, "a-b", true],
    ["/a/", "x/a/y", true],
    ["a|", "", true],
    [String.raw`\x41\t\0`, "A\t\0", true],
    ["(?<year>[0-9]{4})-", "2026-01", true],
  ])("%s on %o is %s", (pattern, text, matches) => {
    expect(patternProblem(pattern)).toBeUndefined();
    expect(patternOf(pattern)(text)).toBe(matches);
    expect(new RegExp(pattern, "u").test(text)).toBe(matches);
  });

  it("matches no text that is longer than it reads", () => {
    expect(patternOf("^a")("a".repeat(MAX_PATTERN_TEXT))).toBe(true);
    expect(patternOf("^a")("a".repeat(MAX_PATTERN_TEXT + 1))).toBe(false);
  });

  it.each([
    "^(a|a)*$",
    "^(a|aa)+$",
    "(.*a){12}$",
    "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaaaaaaa$",
    ".*.*.*.*.*.*=x",
    "(x?){150}y",
  ])("on which others may take for ever is matched: %s", (pattern) => {
    expect(patternOf(pattern)(`${"a".repeat(1_000)}!`)).toBe(false);
  });

  it("goes on rightly after it has met more characters than it remembers", () => {
    const matches = patternOf("^[^!]*x$");
    for (let start = 0; start < 20_000; start += 500) {
      const text = String.fromCodePoint(...Array.from({ length: 500 }, (_, index) => 0x4e00 + start + index));
      expect([matches(`${text}x`), matches(text), matches(`!${text}x`)]).toEqual([true, false, false]);
    }
  });
});

describe("patternProblem", () => {
  it.each([
    ["(", /not a pattern: Unterminated group/],
    ["a{2,1}", /not a pattern/],
    ["[z-a]", /not a pattern/],
    ["*", /not a pattern: Nothing to repeat/],
    [String.raw`\q`, /not a pattern: Invalid escape/],
    [String.raw`(a)\1`, /refers back/],
    [String.raw`(?<n>a)\k<n>`, /refers back/],
    ["a(?=b)", /ahead or behind/],
    ["a(?!b)", /ahead or behind/],
    ["(?<=a)b", /ahead or behind/],
    ["(?<!a)b", /ahead or behind/],
    ["^(a+)+$", /repeated already/],
    ["(a*)*", /repeated already/],
    ["((a+)b)*", /repeated already/],
    ["(a{2,}){3,}", /repeated already/],
    ["(a{100}){100}", /repeats too much/],
    ["(){1000000000}", /repeats too much/],
    ["a{5000}", /repeats too much/],
  ])("refuses %s", (pattern, message) => {
    expect(patternProblem(pattern)).toMatch(message);
    expect(() => patternOf(pattern)).toThrow(message);
  });

  it("accepts patterns as people write them", () => {
    for (const pattern of [
      "",
      "a",
      "^(de|at|ch)-",
      "(beta|canary)+",
      String.raw`^[\w.+-]+@example\.com$`,
      "(?:ab){2,3}",
    ])
      expect([pattern, patternProblem(pattern)]).toEqual([pattern, undefined]);
  });
});
