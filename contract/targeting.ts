import { z } from "zod";
import { Instant, Reference } from "./key.ts";

/** Context attributes are addressed by an exact key first, then by a dot path, then as a unit of that type. */
export const Attribute = z.string().min(1).max(200);

const Scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

const Text = z.string().min(1).max(1000);

/** Operators that compare an attribute with one value. */
export const ScalarOperator = z.enum(["eq", "neq"]);
/** Operators that look an attribute up in a list. */
export const ListOperator = z.enum(["in", "not_in"]);
/** Operators that order numbers. */
export const NumberOperator = z.enum(["gt", "gte", "lt", "lte"]);
/** Operators that find a part of a text, or an element of a list. */
export const PartOperator = z.enum(["contains", "not_contains"]);
/** Operators that compare the ends of a text. */
export const AffixOperator = z.enum(["starts_with", "ends_with"]);
/** Operators that ask whether there is any value. */
export const PresenceOperator = z.enum(["exists", "not_exists"]);
/** Operators that order versions by Semantic Versioning 2.0.0. */
export const SemverOperator = z.enum(["semver_eq", "semver_gt", "semver_gte", "semver_lt", "semver_lte"]);
/** Operators that order instants. */
export const InstantOperator = z.enum(["before", "after"]);
/** Operators that ask for membership of an audience. */
export const AudienceOperator = z.enum(["in_audience", "not_in_audience"]);

/** A version as Semantic Versioning 2.0.0 has it; minor and patch may be left out, and a leading `v` is forgiven. */
export const Semver = z
  .string()
  .max(100)
  .regex(
    /^v?(0|[1-9]\d{0,15})(\.(0|[1-9]\d{0,15})){0,2}(-[0-9A-Za-z-]{1,30}(\.[0-9A-Za-z-]{1,30}){0,9})?(\+[0-9A-Za-z.-]{1,50})?$/,
    "Use a version such as 2.14.0.",
  );

/**
 * One test of the context. A missing attribute makes the negative operators (`neq`, `not_in`, `not_contains`, `not_exists`,
 * `not_in_audience`) true and every other one false. Types are strict: the string "5" is never equal to, greater or less than
 * the number 5. `matches` takes a pattern that can be matched in linear time, checked when it is saved.
 */
export const SimpleCondition = z.discriminatedUnion("operator", [
  z.strictObject({ attribute: Attribute, operator: ScalarOperator, value: Scalar }),
  z.strictObject({ attribute: Attribute, operator: ListOperator, value: z.array(Scalar).min(1).max(1000) }),
  z.strictObject({ attribute: Attribute, operator: NumberOperator, value: z.number() }),
  z.strictObject({ attribute: Attribute, operator: PartOperator, value: z.union([Text, z.number(), z.boolean()]) }),
  z.strictObject({ attribute: Attribute, operator: AffixOperator, value: Text }),
  z.strictObject({ attribute: Attribute, operator: z.literal("matches"), value: z.string().min(1).max(500) }),
  z.strictObject({ attribute: Attribute, operator: PresenceOperator }),
  z.strictObject({ attribute: Attribute, operator: SemverOperator, value: Semver }),
  z.strictObject({ attribute: Attribute, operator: InstantOperator, value: Instant }),
  z.strictObject({ operator: AudienceOperator, value: Reference }),
]);
export type SimpleCondition = z.infer<typeof SimpleCondition>;

/** A condition, or a group of conditions: `all` of them hold, `any` of them does, or the one does `not`. */
export type Condition =
  | SimpleCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const members = z.lazy(() => z.array(Condition).min(1).max(50));

export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    SimpleCondition,
    z.strictObject({ all: members }),
    z.strictObject({ any: members }),
    z.strictObject({ not: Condition }),
  ]),
);

/** How deep groups may nest. */
export const MAX_GROUP_DEPTH = 8;

/** Conditions are AND-ed. */
export const Rule = z.strictObject({ conditions: z.array(Condition).min(1).max(50) });
export type Rule = z.infer<typeof Rule>;

/** Rules are OR-ed; no rules at all means everyone. */
export const Rules = z.array(Rule).max(50);

/** The audiences that conditions ask for, by key or id, those inside groups too. */
export const audiencesAskedFor = (conditions: readonly Condition[]): string[] =>
  conditions.flatMap((condition) => {
    if ("all" in condition) return audiencesAskedFor(condition.all);
    if ("any" in condition) return audiencesAskedFor(condition.any);
    if ("not" in condition) return audiencesAskedFor([condition.not]);
    return condition.operator === "in_audience" || condition.operator === "not_in_audience" ? [condition.value] : [];
  });
