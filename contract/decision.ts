import { z } from "zod";
import { JsonValue } from "./json.ts";

/** Why a decision is what it is. The first check that fails gives the reason. */
export const DecisionReason = z.enum([
  "assigned",
  /** The variant that the caller says the unit has had, of an experiment that keeps it. */
  "sticky",
  /** Chosen by a person to look at it; never exposed, never analysed. */
  "override",
  "environment_off",
  "not_running",
  "outside_dates",
  "unit_missing",
  "holdout",
  "outside_slot",
  "targeting",
  "prerequisite",
  "unknown_experiment",
  "error",
]);
export type DecisionReason = z.infer<typeof DecisionReason>;

/** Why a flag has its value. */
export const FlagReason = z.enum([
  /** A rule's value for all whom it applies to. */
  "rule",
  /** A rule's value for its share of the units. */
  "rollout",
  "experiment",
  /** There are rules, and none applied. */
  "default",
  /** There are no rules. */
  "static",
  "off",
  "environment_off",
  "override",
  "holdout",
  "prerequisite",
  /** A rule had to read a bucket, and the unit was not named. */
  "unit_missing",
  "unknown_flag",
  "error",
]);
export type FlagReason = z.infer<typeof FlagReason>;

/** What is known of the unit. Values are looked up by targeting only; nothing here is stored. */
export const Context = z.record(z.string(), JsonValue);
export type Context = z.infer<typeof Context>;

/** Units by type: `{user_id: "u1", device_id: "d1"}`. */
export const Units = z.record(z.string().min(1).max(60), z.string().min(1).max(256));
export type Units = z.infer<typeof Units>;

const Names = z.array(z.string().min(1).max(140)).max(1000);

/** Lists for an interleaving experiment: variant key → item ids, best first. */
export const Rankings = z.record(z.string().min(1).max(100), z.array(z.string().min(1).max(256)).max(1000));
export type Rankings = z.infer<typeof Rankings>;

/**
 * What to decide. Without `experiments` and `flags`: everything. With one of the two: what it names, and nothing of the other.
 * The name `*` stands for all of them.
 */
export const DecideRequest = z.strictObject({
  /** The unit of type `user_id`. */
  user_key: z.string().min(1).max(256).optional(),
  units: Units.optional(),
  context: Context.optional(),
  experiments: Names.optional(),
  flags: Names.optional(),
  /** Experiment key → the variant that the unit has had, for experiments that keep it. */
  sticky: z.record(z.string().min(1).max(140), z.string().min(1).max(100)).optional(),
  /** Experiment key → the lists to interleave. */
  rankings: z.record(z.string().min(1).max(140), Rankings).optional(),
});
export type DecideRequest = z.infer<typeof DecideRequest>;

/** One check of a decision, with the values that were compared. */
export const ExplainStep = z.object({
  check: z.enum([
    "environment",
    "status",
    "dates",
    "enabled",
    "override",
    "unit",
    "holdout",
    "slot",
    "targeting",
    "prerequisites",
    "rule",
    "sticky",
    "variant",
    "default",
  ]),
  passed: z.boolean(),
  /** What was compared with what; its shape depends on the check. */
  values: JsonValue,
});
export type ExplainStep = z.infer<typeof ExplainStep>;

/** One item of a merged list, and the variant whose list gave it. */
export const InterleavedItem = z.object({ item: z.string(), variant_key: z.string() });
export type InterleavedItem = z.infer<typeof InterleavedItem>;

export const Assignment = z.object({
  experiment_key: z.string(),
  experiment_id: z.string().nullable(),
  variant_key: z.string().nullable(),
  variant_id: z.string().nullable(),
  payload: JsonValue,
  reason: DecisionReason,
  /** Only where the request brought rankings for the experiment. */
  interleaved: z.array(InterleavedItem).optional(),
  /** Only with `explain=1`. */
  steps: z.array(ExplainStep).optional(),
});
export type Assignment = z.infer<typeof Assignment>;

export const FlagDecision = z.object({
  /** `null` leaves it to the default in the caller's code. */
  value: JsonValue,
  /** The name of the value: of `variants`, of the experiment's variant, `on` or `off`, or `default`. */
  variant: z.string().nullable(),
  reason: FlagReason,
  /** Only with reason `experiment`: whose `variant` it is, to be exposed when the value is used. */
  experiment_key: z.string().optional(),
  /** Only with `explain=1`. */
  steps: z.array(ExplainStep).optional(),
});
export type FlagDecision = z.infer<typeof FlagDecision>;

/** `assignments` holds every variant that the unit gets, and each experiment asked for by name with its reason. */
export const DecideResponse = z.object({
  user_key: z.string().nullable(),
  environment: z.string(),
  config_version: z.number().int(),
  assignments: z.array(Assignment),
  flags: z.record(z.string(), FlagDecision),
});
export type DecideResponse = z.infer<typeof DecideResponse>;
