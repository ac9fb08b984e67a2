/** A version as it is ordered: build metadata has no part in it. */
export interface Semver {
  /** Major, minor and patch as digits without leading zeros. */
  readonly numbers: readonly string[];
  /** Empty for a release. */
  readonly prerelease: readonly string[];
}

const MAX_LENGTH = 100;

const PATTERN =
  /^v?(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:\.(0|[1-9]\d*))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * A version as Semantic Versioning 2.0.0 has it, and a little more: a leading `v` is forgiven, and a missing minor or patch
 * counts as 0. `undefined` for anything else, and for more than 100 characters.
 */
export const parseSemver = (text: string): Semver | undefined => {
  const match = text.length > MAX_LENGTH ? null : PATTERN.exec(text);
  if (!match) return undefined;
  const [, major = "0", minor = "0", patch = "0", prerelease] = match;
  return { numbers: [major, minor, patch], prerelease: prerelease === undefined ? [] : prerelease.split(".") };
};

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Of digits without leading zeros, however many. */
const compareNumbers = (a: string, b: string): number => a.length - b.length || compareTexts(a, b);

const isNumber = (identifier: string): boolean => /^\d+$/.test(identifier);

const compareIdentifiers = (a: string, b: string): number => {
  if (isNumber(a) && isNumber(b)) return compareNumbers(a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, ""));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return compareTexts(a, b);
};

/** Negative when `a` precedes `b`, 0 when they have the same precedence (semver.org, item 11). */
export const compareSemver = (a: Semver, b: Semver): number => {
  for (const [index, number] of a.numbers.entries()) {
    const order = compareNumbers(number, b.numbers[index] ?? "0");
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (const [index, identifier] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
};
