import type { Fields } from "./compare.ts";

/** Computes what a vector expects from its input: any of the fields, those that are undefined as null. */
export type Compute = (input: Fields) => Readonly<Record<string, unknown>>;

/** A rate that was simulated here, with the standard error of that simulation. */
export interface Simulated {
  readonly rate: number;
  readonly standardError: number;
}

/**
 * Simulates what a calibration vector expects. Each field of `expected` that is a simulated figure is given with its error;
 * fields that are facts (flags, exact rates by integration) are given as they are.
 */
export type Simulate = (input: Fields) => Readonly<Record<string, Simulated | number | boolean | null>>;

/** How a method of the vectors is computed by `analytics/`. */
export type Method =
  | { readonly kind: "computed"; readonly compute: Compute }
  | { readonly kind: "simulated"; readonly simulate: Simulate };

/** Methods by the name that the vectors give them. */
export type Methods = Readonly<Record<string, Method>>;

export const computed = (compute: Compute): Method => ({ kind: "computed", compute });

/** The fields of an undefined result; those that a vector lists as null are null. */
export const undefinedBecause = (reason: string): Readonly<Record<string, unknown>> =>
  new Proxy<Record<string, unknown>>(
    { undefined: true, reason },
    {
      get: (target, field) => (typeof field === "string" && field in target ? target[field] : null),
    },
  );

/** Reads a number of the input, where the format spells infinities. */
export const numberIn = (input: Fields, field: string): number => {
  const value = input[field];
  if (value === "Infinity") return Infinity;
  if (value === "-Infinity") return -Infinity;
  if (typeof value !== "number") throw new TypeError(`${field} has to be a number; it is ${JSON.stringify(value)}.`);
  return value;
};

/** Reads a number of the input that may be left out, or be null. */
export const numberOr = (input: Fields, field: string, otherwise: number): number =>
  (input[field] ?? null) === null ? otherwise : numberIn(input, field);

/** The significance level, two-sided, under the name that the method's vectors have for it. */
export const alphaIn = (input: Fields, field = "alpha"): number => numberOr(input, field, 0.05);

/** Reads a text of the input. */
export const textIn = (input: Fields, field: string): string => {
  const value = input[field];
  if (typeof value !== "string") throw new TypeError(`${field} has to be a text; it is ${JSON.stringify(value)}.`);
  return value;
};
