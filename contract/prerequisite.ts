import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Key, Reference } from "./key.ts";

/**
 * What must hold before an experiment or a flag takes a unit: a flag has the value, or the unit is in one of the variants of
 * another experiment. Cycles are refused when they are saved.
 */
export const Prerequisite = z.union([
  z.strictObject({ flag: Reference, value: JsonValue }),
  z.strictObject({ experiment: Reference, variants: z.array(Key).min(1).max(100) }),
]);
export type Prerequisite = z.infer<typeof Prerequisite>;

/** All of them must hold. */
export const Prerequisites = z.array(Prerequisite).max(20);
