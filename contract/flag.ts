import { z } from "zod";
import { JsonValue } from "./json.ts";
import { EnvironmentKey, Instant, Key, Name, Reference, UnitType } from "./key.ts";
import { pageQueryOf } from "./page.ts";
import { Prerequisites } from "./prerequisite.ts";
import { Condition } from "./targeting.ts";

/** A flag's type never changes: typed clients read it. An `integer` fits 32 bits, an `object` is a JSON object. */
export const FlagType = z.enum(["boolean", "string", "integer", "float", "object"]);
export type FlagType = z.infer<typeof FlagType>;

/** Letters of both cases and dots are allowed: flags are often brought along from elsewhere, and every client can ask for these. */
export const FlagKey = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._~-]*$/, "Use letters, digits and . _ ~ -, starting with a letter or digit.");

const Share = z.number().min(0).max(1);

/** A share that changes by itself at an instant. */
const RampStep = z.strictObject({ at: Instant, rollout: Share });

/**
 * The first rule that applies decides. `conditions` are AND-ed; none means everyone. Then one of:
 * `value` or `variant` (a name of `variants`), for all of them or for the share that `rollout` says, or
 * `experiment`: units that are in it get their variant's value, the others go on to the next rule.
 */
export const NewFlagRule = z
  .strictObject({
    name: z.string().max(200).optional(),
    conditions: z.array(Condition).max(50).optional(),
    value: JsonValue.optional(),
    variant: z.string().min(1).max(100).optional(),
    /** Share of the units, as a fraction. */
    rollout: Share.optional(),
    /** Later steps of the rollout, by date; the last one that has begun counts. */
    schedule: z.array(RampStep).min(1).max(50).optional(),
    /** Whose bucket the rollout reads; the flag's own unit type without it. */
    unit_type: UnitType.optional(),
    /** Rollouts with the same salt take the same units first; the flag's own salt without it. */
    salt: z.string().min(1).max(100).optional(),
    experiment: Reference.optional(),
    /** Variant key → value, where the variant's payload is not the value itself. */
    values: z.record(Key, JsonValue).optional(),
  })
  .superRefine((rule, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    const given = [rule.value, rule.variant, rule.experiment].filter((each) => each !== undefined).length;
    if (given !== 1) issue("value", "Give one of value, variant or experiment.");
    if (rule.experiment === undefined && rule.values !== undefined)
      issue("values", "Only a rule with an experiment maps variants to values.");
    if (rule.experiment !== undefined && (rule.rollout !== undefined || rule.schedule !== undefined))
      issue("rollout", "An experiment has its own traffic; leave rollout and schedule out.");
    if (rule.schedule && rule.rollout === undefined) issue("rollout", "Give the share before the first step.");
    if (rule.schedule?.some(({ at }, index, all) => Date.parse(at) <= Date.parse(all[index - 1]?.at ?? "")))
      issue("schedule", "Put the steps in order of time.");
  });
export type NewFlagRule = z.infer<typeof NewFlagRule>;

const NewFlagEnvironment = z.strictObject({
  enabled: z.boolean().default(false),
  rules: z.array(NewFlagRule).max(100).default([]),
});

/** Flat, so that every OpenFeature client can read it. */
export const FlagMetadata = z.record(
  z.string().min(1).max(100),
  z.union([z.string().max(1000), z.number(), z.boolean()]),
);
export type FlagMetadata = z.infer<typeof FlagMetadata>;

const flagFields = {
  name: Name.optional(),
  description: z.string().max(5000).optional(),
  unit_type: UnitType.optional(),
  /** What is served when no rule applies. `null` leaves it to the default in the caller's code. */
  default_value: JsonValue.optional(),
  /** What is served while the flag is off: `default_value` without it, and OpenFeature clients use their own default. */
  off_value: JsonValue.optional(),
  /** Names for values, as OpenFeature has them. */
  variants: z.record(z.string().min(1).max(100), JsonValue).optional(),
  metadata: FlagMetadata.optional(),
  prerequisites: Prerequisites.optional(),
  /** Kept from client keys. */
  server_only: z.boolean().optional(),
  /** By environment key. Where it is not named, the flag is off. */
  environments: z.record(EnvironmentKey, NewFlagEnvironment).optional(),
} as const;

export const NewFlag = z.strictObject({ key: FlagKey, type: FlagType, ...flagFields, default_value: JsonValue });
export type NewFlag = z.infer<typeof NewFlag>;

/** Environments that are not named stay as they are; one that is named is replaced whole. */
export const FlagChange = z.strictObject({ ...flagFields, archived: z.boolean().optional() });
export type FlagChange = z.infer<typeof FlagChange>;

/** A kill switch: one field, so that it can be sent in a hurry. */
export const FlagSwitch = z.strictObject({ enabled: z.boolean() });
export type FlagSwitch = z.infer<typeof FlagSwitch>;

export const FlagRule = z.object({
  name: z.string(),
  conditions: z.array(Condition),
  /** What it serves, that of its `variant` included; null with an experiment. */
  value: JsonValue,
  variant: z.string().nullable(),
  rollout: Share.nullable(),
  schedule: z.array(RampStep),
  unit_type: UnitType.nullable(),
  salt: z.string().nullable(),
  /** Key of the experiment that hangs on the flag here. */
  experiment: Key.nullable(),
  /** As they were given; a variant that is not here is worth what `flag-value.ts` makes of it. */
  values: z.record(Key, JsonValue).nullable(),
});
export type FlagRule = z.infer<typeof FlagRule>;

export const FlagEnvironment = z.object({ enabled: z.boolean(), rules: z.array(FlagRule) });
export type FlagEnvironment = z.infer<typeof FlagEnvironment>;

export const Flag = z.object({
  id: z.string(),
  key: FlagKey,
  name: Name,
  description: z.string(),
  type: FlagType,
  unit_type: UnitType,
  salt: z.string(),
  default_value: JsonValue,
  /** Absent when the flag has none. */
  off_value: JsonValue.optional(),
  variants: z.record(z.string(), JsonValue),
  metadata: FlagMetadata,
  prerequisites: Prerequisites,
  server_only: z.boolean(),
  archived: z.boolean(),
  environments: z.record(EnvironmentKey, FlagEnvironment),
  revision: z.number().int().min(1),
  created_at: Instant,
  updated_at: Instant,
});
export type Flag = z.infer<typeof Flag>;

/** Without `archived`, the flags that are not. */
export const FlagsQuery = pageQueryOf("flg").extend({ archived: z.enum(["0", "1", "true", "false"]).optional() });
export type FlagsQuery = z.infer<typeof FlagsQuery>;
