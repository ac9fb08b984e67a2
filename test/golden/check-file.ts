import { z } from "zod";
import { compareValue, type Fields, type Json, type Tolerance } from "./compare.ts";
import { putRight } from "./errata.ts";
import type { Method, Simulated } from "./method.ts";

const fields = z.record(z.string(), z.json()) as z.ZodType<Fields>;
const number = z.number().nonnegative().nullish();
const tolerance = z.object({ rel: number, abs: z.union([number, z.array(number)]) }) as z.ZodType<Tolerance>;

/** A file of vectors. What a reader may add for people (`source`, `notes`) is not looked at. */
export const VectorFile = z.object({
  method: z.string(),
  cases: z
    .array(
      z.object({
        name: z.string(),
        input: fields,
        expected: fields,
        tolerance: z
          .object({ default: tolerance.nullish(), fields: z.record(z.string(), tolerance).nullish() })
          .nullish(),
      }),
    )
    .min(1),
});
export type VectorFile = z.infer<typeof VectorFile>;
type Case = VectorFile["cases"][number];

/** What became of a case: why it failed, one line a field, and its worst error as a share of what is allowed. */
export interface CaseOutcome {
  readonly name: string;
  readonly failures: readonly string[];
  readonly worst: number;
  /** Numbers of the vector that are known to be wrong: see `errata.ts`. */
  readonly corrected: number;
}

/** As JSON, which has no NaN and no infinity. */
const text = (value: unknown): string =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : (JSON.stringify(value) ?? "undefined");

const isSimulated = (value: unknown): value is Simulated =>
  typeof value === "object" && value !== null && "rate" in value && "standardError" in value;

/** What is computed beside a simulation, for which the format has no tolerance: probabilities by integration, and facts. */
const BESIDE_SIMULATIONS: Tolerance = { rel: 1e-8, abs: 1e-9 };

/** Where a file's notes say, beside its tolerances, from where on a number is as good as infinite. */
const UNBOUNDED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "Group-sequential boundaries by alpha spending (two-sided symmetric)": { z_bounds: 8 },
};

/** A simulated rate agrees when it is within four standard errors of both simulations together. */
const checkSimulated = (field: string, got: Simulated, expected: Json, theirs: number): readonly string[] => {
  if (typeof expected !== "number") return [`${field}: simulated ${got.rate}, expected ${text(expected)}`];
  const allowed = 4 * Math.hypot(theirs, got.standardError);
  return Math.abs(got.rate - expected) <= allowed
    ? []
    : [`${field}: simulated ${got.rate}, expected ${expected} within ${allowed.toPrecision(3)}`];
};

const checkCase = (methodName: string, method: Method, { name, input, expected, tolerance }: Case): CaseOutcome => {
  const got: Readonly<Record<string, unknown>> =
    method.kind === "computed" ? method.compute(input) : method.simulate(input);
  const theirs = typeof expected["monte_carlo_se"] === "number" ? expected["monte_carlo_se"] : 0;
  const failures: string[] = [];
  let worst = 0;
  let corrected = 0;
  for (const [field, theirValue] of Object.entries(expected)) {
    const known = putRight(methodName, input, field, theirValue);
    const value = known.expected;
    corrected += known.corrected;
    const mine = got[field];
    if (method.kind === "simulated" && field === "monte_carlo_se") continue;
    if (isSimulated(mine)) {
      failures.push(...checkSimulated(field, mine, value, theirs));
      if (typeof value === "number")
        worst = Math.max(worst, Math.abs(mine.rate - value) / (4 * Math.hypot(theirs, mine.standardError)));
      continue;
    }
    const given = tolerance?.fields?.[field] ?? tolerance?.default;
    const allowed = given ?? (method.kind === "simulated" ? BESIDE_SIMULATIONS : {});
    const comparison = compareValue(field, mine, value, { ...allowed, unbounded: UNBOUNDED[methodName]?.[field] });
    const unsaid = given || method.kind === "simulated" ? "" : " exactly, as the file gives no tolerance";
    worst = Math.max(worst, comparison.worst);
    failures.push(
      ...comparison.mismatches.map(
        ({ path, got, expected }) => `${path}: got ${text(got)}, expected ${text(expected)}${unsaid}`,
      ),
    );
  }
  return { name, failures, worst, corrected };
};

/** Every case of a file, in its order. A method that throws has failed the case. */
export const checkFile = (file: VectorFile, method: Method): CaseOutcome[] =>
  file.cases.map((each) => {
    try {
      return checkCase(file.method, method, each);
    } catch (error) {
      return { name: each.name, failures: [`threw ${String(error)}`], worst: Infinity, corrected: 0 };
    }
  });
