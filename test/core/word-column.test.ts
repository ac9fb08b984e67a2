import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EncodedWords, Texts } from "../../contract/encoded-ruleset.ts";
import { packWords } from "../../core/pack-words.ts";
import { wordColumn } from "../../core/word-column.ts";

type Column = Texts | EncodedWords;

const throughJson = (column: Column): Column => JSON.parse(JSON.stringify(column)) as Column;

const isOfWords = (column: Column): boolean => typeof column === "object" && "templates" in column;

const SOME_WORDS = ["checkout", "home", "button", "Größe", "日本", "7", "a\u0301", "__proto__", "0", "-1"];
const SEPARATORS = ["_", "", " ", "\u007F", '"', "\\", '":{"', "\u0000", "😀", "\uD800", "-"];

const likely = fc
  .array(fc.tuple(fc.constantFrom(...SOME_WORDS), fc.constantFrom(...SEPARATORS)), { maxLength: 8 })
  .map((parts) => parts.flat().join(""));
const long = fc
  .integer({ min: 50, max: 80 })
  .map((count) => Array.from({ length: count }, (_, place) => `w${place}`).join(" "));
const any = fc.oneof(
  { weight: 20, arbitrary: likely },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: long },
);
/** A text, and one beside it. Small ones are repeated, as it is only worth its while to write many texts by their words. */
const columns = fc
  .tuple(fc.array(fc.tuple(any, any), { maxLength: 12 }), fc.constantFrom(1, 2, 40))
  .map(([texts, times]) => Array.from({ length: times }, () => texts).flat());

describe("a column of texts", () => {
  it("keeps all texts, whether or not it is written by words", () => {
    const kinds = new Set<boolean>();
    fc.assert(
      fc.property(columns, (pairs) => {
        const [texts, beside] = [pairs.map(([text]) => text), pairs.map(([, text]) => text)];
        const packed = packWords(texts, beside);
        kinds.add(isOfWords(packed));
        const besides = wordColumn(throughJson(packWords(beside)), pairs.length);
        const column = wordColumn(throughJson(packed), pairs.length, besides);
        expect(texts.map((_, place) => column.textAt(place))).toEqual(texts);
      }),
      { seed: 41, numRuns: 1_000 },
    );
    expect(kinds).toEqual(new Set([true, false]));
  });

  it("finds the last place of each text, and no other text", () => {
    fc.assert(
      fc.property(columns, fc.array(any), (pairs, others) => {
        const texts = pairs.map(([text]) => text);
        const column = wordColumn(throughJson(packWords(texts)), texts.length);
        // More than are searched for one by one, so that the map of all is asked as well.
        const asked = [...texts, ...others, ...texts, ...others];
        expect(asked.map((text) => column.placeOf(text))).toEqual(asked.map((text) => texts.lastIndexOf(text)));
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("is written by words where texts are made of few of them", () => {
    const texts = Array.from({ length: 500 }, (_, place) => `checkout_${place % 20}_button_v${place % 7}`);
    expect(packWords(texts)).toMatchObject({ templates: [[0, "_", 1, "_", 2, "_", 3]] });
    expect(
      packWords(
        texts.map((text) => `{"${text}":"${text}"}`),
        texts,
      ),
    ).toMatchObject({
      templates: [['{"', -1, "_", -2, "_", -3, "_", -4, '":"', -1, "_", -2, "_", -3, "_", -4, '"}']],
      words: [],
    });
  });

  it("is written as it is where words say nothing", () => {
    const texts = Array.from({ length: 500 }, (_, place) => `${(place * 7_919) % 100_003}x`);
    expect(isOfWords(packWords(texts))).toBe(false);
  });
});
