import { z } from "zod";
import { JsonValue } from "./json.ts";

/** Why a decision is what it is. The first check that fails gives the reason. */
export const DecisionReason = z.enum([
  "assigned",
  "environment_off",
  "not_running",
  "unit_missing",
  "outside_slot",
  "targeting",
  "unknown_experiment",
  "error",
]);
export type DecisionReason = z.infer<typeof DecisionReason>;

/** What is known of the unit. Values are looked up by targeting only; nothing here is stored. */
export const Context = z.record(z.string(), JsonValue);
export type Context = z.infer<typeof Context>;

/** Units by type: `{user_id: "u1", device_id: "d1"}`. */
export const Units = z.record(z.string().min(1).max(60), z.string().min(1).max(256));
export type Units = z.infer<typeof Units>;

export const DecideRequest = z.strictObject({
  /** The unit of type `user_id`. */
  user_key: z.string().min(1).max(256).optional(),
  units: Units.optional(),
  context: Context.optional(),
  /** Only these experiments; all that the unit is in without it. */
  experiments: z.array(z.string().min(1).max(140)).max(1000).optional(),
  flags: z.array(z.string().min(1).max(140)).max(1000).optional(),
});
export type DecideRequest = z.infer<typeof DecideRequest>;

export const Assignment = z.object({
  experiment_key: z.string(),
  experiment_id: z.string().nullable(),
  variant_key: z.string().nullable(),
  variant_id: z.string().nullable(),
  payload: JsonValue,
  reason: DecisionReason,
});
export type Assignment = z.infer<typeof Assignment>;

/** `assignments` holds every assigned experiment, and each one asked for by name with its reason. */
export const DecideResponse = z.object({
  user_key: z.string().nullable(),
  environment: z.string(),
  config_version: z.number().int(),
  assignments: z.array(Assignment),
  flags: z.record(z.string(), z.object({ value: JsonValue, variant: z.string().nullable(), reason: z.string() })),
});
export type DecideResponse = z.infer<typeof DecideResponse>;
