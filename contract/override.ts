import { z } from "zod";
import { JsonValue } from "./json.ts";
import { EnvironmentKey, Instant, Key, Reference, UnitType } from "./key.ts";
import { pageQueryOf } from "./page.ts";

/**
 * One unit gets a chosen variant of an experiment, or a chosen value of a flag, to look at it. It is never analysed.
 * `environment` left out means all of them; `unit_type` left out means that of the experiment or flag.
 */
export const NewOverride = z
  .strictObject({
    experiment: Reference.optional(),
    flag: Reference.optional(),
    unit_type: UnitType.optional(),
    unit: z.string().min(1).max(256),
    variant: Key.optional(),
    value: JsonValue.optional(),
    environment: Reference.optional(),
  })
  .superRefine((override, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if ((override.experiment === undefined) === (override.flag === undefined))
      issue("experiment", "Name either an experiment or a flag.");
    else if (override.experiment !== undefined && override.variant === undefined)
      issue("variant", "Name the variant that the unit gets.");
    else if (override.flag !== undefined && override.value === undefined)
      issue("value", "Give the value that the unit gets.");
    if (override.experiment !== undefined && override.value !== undefined)
      issue("value", "An experiment's override names a variant; leave value out.");
    if (override.flag !== undefined && override.variant !== undefined)
      issue("variant", "A flag's override gives a value; leave variant out.");
  });
export type NewOverride = z.infer<typeof NewOverride>;

export const Override = z.object({
  id: z.string(),
  /** Key of the experiment or of the flag; the other one is null. */
  experiment: Key.nullable(),
  flag: Key.nullable(),
  unit_type: UnitType,
  unit: z.string(),
  variant: Key.nullable(),
  value: JsonValue,
  environment: EnvironmentKey.nullable(),
  created_at: Instant,
});
export type Override = z.infer<typeof Override>;

/** By key or id; both at once name nothing, because an override is of one of them. */
export const OverridesQuery = pageQueryOf("ovr").extend({
  experiment: Reference.optional(),
  flag: Reference.optional(),
});
export type OverridesQuery = z.infer<typeof OverridesQuery>;
