import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Semver, compareSemver, parseSemver } from "../../core/semver.ts";

const parsed = (text: string): Semver => {
  const version = parseSemver(text);
  if (!version) throw new Error(`${text} is no version.`);
  return version;
};

const compare = (a: string, b: string): number => Math.sign(compareSemver(parsed(a), parsed(b)));

/** The examples of semver.org, item 11, from the lowest to the highest, and versions around them. */
const inOrder = [
  "0.0.1",
  "0.9.10",
  "1.0.0-0",
  "1.0.0-9",
  "1.0.0-10",
  "1.0.0-10.0",
  "1.0.0-A",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.9.0",
  "1.10.0",
  "1.11.0",
  "2.0.0",
  "2.1.0",
  "2.1.1",
  "9007199254740992.0.0",
  "9007199254740993.0.0",
];

describe("compareSemver", () => {
  it("orders versions as item 11 of Semantic Versioning 2.0.0 does", () => {
    for (const [i, a] of inOrder.entries())
      for (const [j, b] of inOrder.entries()) expect([a, b, compare(a, b)]).toEqual([a, b, Math.sign(i - j)]);
  });

  it.each([
    ["1.0.0+build.1", "1.0.0+build.2"],
    ["1.0.0-rc.1+a", "1.0.0-rc.1"],
    ["v1.2.3", "1.2.3"],
    ["1", "1.0.0"],
    ["1.2", "1.2.0"],
    ["1.2-beta", "1.2.0-beta"],
    ["1.0.0-01", "1.0.0-1"],
  ])("gives %s and %s the same place", (a, b) => {
    expect(compare(a, b)).toBe(0);
  });

  it("orders releases by their numbers", () => {
    const numbers = fc.tuple(fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [index] = [0, 1, 2].filter((each) => a[each] !== b[each]);
        const expected = index === undefined ? 0 : Math.sign((a[index] ?? 0) - (b[index] ?? 0));
        expect(compare(a.join("."), b.join("."))).toBe(expected);
      }),
      { seed: 1 },
    );
  });
});

describe("parseSemver", () => {
  it.each([
    "",
    "v",
    "1.",
    "1.2.3.4",
    "01.2.3",
    "1.02.3",
    "-1.2.3",
    "1.2.3-",
    "1.2.3-a..b",
    "1.2.3+",
    "1.2.x",
    "latest",
    " 1.2.3",
    "1.2.3\n",
    `1.${"2".repeat(200)}`,
  ])("takes %o for no version", (text) => {
    expect(parseSemver(text)).toBeUndefined();
  });
});
