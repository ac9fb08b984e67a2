/** What golden vectors are made of, as docs/statistics.md says: numbers, and the tolerance each has to be met to. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Fields = Readonly<Record<string, Json>>;

/** What is not given is 0. */
export interface Tolerance {
  readonly rel?: number | null | undefined;
  /** An array is for the elements of an array. */
  readonly abs?: number | readonly (number | null | undefined)[] | null | undefined;
  /** Larger numbers than this are as good as infinite: any at least as large will do. */
  readonly unbounded?: number | undefined;
}

/** How far a number may be off, and how far it is: 1 is just within. */
export interface Mismatch {
  readonly path: string;
  readonly got: unknown;
  readonly expected: Json;
}

/** What was compared: every mistake, and the worst error of any number as a share of what is allowed. */
export interface Comparison {
  readonly mismatches: readonly Mismatch[];
  readonly worst: number;
}

const SMALLEST_P_VALUE = 1e-300;

/** JSON has no infinity, so the format spells it. */
const numberOf = (value: Json): number | undefined =>
  value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : typeof value === "number" ? value : undefined;

const isPValue = (path: string): boolean => /(^|[._])p(_|$)|p_value|sf/.test(path);

/** The error of a number as a share of what its tolerance allows: up to 1 passes. */
const errorOf = (
  got: number,
  expected: number,
  { rel, abs, unbounded = Infinity }: Tolerance,
  index: number,
  path: string,
): number => {
  if (Object.is(got, expected) || got === expected) return 0;
  // Doubles end here: such p-values are compared by their logarithm, in a field of its own.
  if (isPValue(path) && expected >= 0 && expected < SMALLEST_P_VALUE && got >= 0 && got < SMALLEST_P_VALUE) return 0;
  if (expected > unbounded && got >= unbounded) return 0;
  const allowed = Math.max((typeof abs === "number" ? abs : abs?.[index]) ?? 0, (rel ?? 0) * Math.abs(expected));
  const error = Math.abs(got - expected) / allowed;
  return Number.isNaN(error) ? Infinity : error;
};

/** Compares a value with what a vector expects of it. `index` is its place in the array it stands in. */
export const compareValue = (
  path: string,
  got: unknown,
  expected: Json,
  tolerance: Tolerance,
  index = 0,
): Comparison => {
  const wrong: Comparison = { mismatches: [{ path, got, expected }], worst: Infinity };
  const number = numberOf(expected);
  if (number !== undefined) {
    const value = typeof got === "number" ? got : got === expected ? number : undefined;
    if (value === undefined) return wrong;
    const worst = errorOf(value, number, tolerance, index, path);
    return { mismatches: worst <= 1 ? [] : wrong.mismatches, worst };
  }
  if (expected === null || typeof expected !== "object") return got === expected ? { mismatches: [], worst: 0 } : wrong;
  if (got === null || typeof got !== "object") return wrong;
  if (Array.isArray(expected) && (!Array.isArray(got) || got.length !== expected.length)) return wrong;
  const values = new Map<string, unknown>(Object.entries(got));
  const parts = Object.entries(expected).map(([key, value], i) =>
    compareValue(`${path}.${key}`, values.get(key), value, tolerance, i),
  );
  return {
    mismatches: parts.flatMap(({ mismatches }) => mismatches),
    worst: Math.max(0, ...parts.map(({ worst }) => worst)),
  };
};
