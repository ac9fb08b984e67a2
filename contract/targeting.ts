import { z } from "zod";
import { Reference } from "./key.ts";

/** Context attributes are addressed by an exact key first, then by a dot path. */
export const Attribute = z.string().min(1).max(200);

const Scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

/** Operators that compare an attribute with one value. */
export const ScalarOperator = z.enum(["eq", "neq"]);
/** Operators that look an attribute up in a list. */
export const ListOperator = z.enum(["in", "not_in"]);
/** Operators that order numbers. */
export const NumberOperator = z.enum(["gt", "lt"]);
/** Operators that ask for membership of an audience. */
export const AudienceOperator = z.enum(["in_audience", "not_in_audience"]);

/**
 * One test of the context. A missing attribute makes `neq`, `not_in` and `not_in_audience` true and every other operator
 * false. Types are strict: the string "5" is never equal to, greater or less than the number 5.
 */
export const Condition = z.discriminatedUnion("operator", [
  z.strictObject({ attribute: Attribute, operator: ScalarOperator, value: Scalar }),
  z.strictObject({ attribute: Attribute, operator: ListOperator, value: z.array(Scalar).min(1).max(1000) }),
  z.strictObject({ attribute: Attribute, operator: NumberOperator, value: z.number() }),
  z.strictObject({ attribute: Attribute, operator: z.literal("contains"), value: z.string().min(1).max(1000) }),
  z.strictObject({ operator: AudienceOperator, value: Reference }),
]);
export type Condition = z.infer<typeof Condition>;

/** Conditions are AND-ed. */
export const Rule = z.strictObject({ conditions: z.array(Condition).min(1).max(50) });
export type Rule = z.infer<typeof Rule>;

/** Rules are OR-ed; no rules at all means everyone. */
export const Rules = z.array(Rule).max(50);
