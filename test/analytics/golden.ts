import { readFileSync } from "node:fs";

/**
 * Golden vectors as reference/statistics/FORMAT.md defines them: numbers from 50-digit arithmetic, each with the
 * tolerance it has to be met to.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = Readonly<Record<string, Json>>;
interface Tolerance {
  readonly rel?: number;
  readonly abs?: number | readonly number[];
}
interface Vectors {
  readonly method: string;
  readonly cases: readonly {
    readonly name: string;
    readonly input: Fields;
    readonly expected: Fields;
    readonly tolerance: { readonly default: Tolerance; readonly fields?: Readonly<Record<string, Tolerance>> };
  }[];
}

export const readVectors = (name: string): Vectors =>
  JSON.parse(readFileSync(new URL(`../fixtures/statistics/${name}.json`, import.meta.url), "utf8")) as Vectors;

/** JSON has no infinity, so the format spells it. */
const numberOf = (value: unknown): number =>
  value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : typeof value === "number" ? value : NaN;

const within = (got: number, expected: number, { rel = 0, abs = 0 }: Tolerance, index: number): boolean => {
  if (got === expected) return true;
  const absolute = typeof abs === "number" ? abs : (abs[index] ?? 0);
  return Math.abs(got - expected) <= Math.max(absolute, rel * Math.abs(expected));
};

const mismatches = (path: string, got: unknown, expected: Json, tolerance: Tolerance, index = 0): string[] => {
  const wrong = [`${path}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`];
  if (typeof expected === "number" || expected === "Infinity" || expected === "-Infinity") {
    const number = typeof got === "number" ? got : numberOf(got);
    return within(number, numberOf(expected), tolerance, index) ? [] : wrong;
  }
  if (expected === null || typeof expected !== "object") return got === expected ? [] : wrong;
  if (got === null || typeof got !== "object") return wrong;
  if (Array.isArray(expected) && (!Array.isArray(got) || got.length !== expected.length)) return wrong;
  const values = new Map(Object.entries(got));
  return Object.entries(expected).flatMap(([key, value], i) =>
    mismatches(`${path}.${key}`, values.get(key), value, tolerance, i),
  );
};

/** One line for each expected field that `compute` misses; a field that `expected` lacks is not checked. */
export const failures = (
  { input, expected, tolerance }: Vectors["cases"][number],
  compute: (input: Fields) => Readonly<Record<string, unknown>>,
): string[] => {
  const got = compute(input);
  return Object.entries(expected).flatMap(([field, value]) =>
    mismatches(field, got[field], value, tolerance.fields?.[field] ?? tolerance.default),
  );
};

/**
 * The log10 of a probability from its natural logarithm. The vectors were computed to 50 digits, where what is closer
 * to 1 than that is 1.
 */
export const log10Of = (ln: number): number => (ln > -1e-50 ? 0 : ln / Math.LN10);
