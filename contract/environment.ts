import { z } from "zod";
import { EnvironmentKey, Instant, Name } from "./key.ts";

export const NewEnvironment = z.strictObject({
  key: EnvironmentKey,
  name: Name.optional(),
  /** How many unit shards count this environment's events. Fixed once chosen: another number means another generation. */
  shards: z.number().int().min(1).max(128).default(8),
  /** Store nothing of a unit's id but a hash with a salt that is the environment's own. Chosen once, like a hash function. */
  hash_unit_ids: z.boolean().default(false),
});
export type NewEnvironment = z.infer<typeof NewEnvironment>;

export const Environment = z.object({
  id: z.string(),
  key: EnvironmentKey,
  name: Name,
  /** Off answers every decision with its default, reason `environment_off`. */
  enabled: z.boolean(),
  generation: z.number().int().min(1),
  shards: z.number().int().min(1).max(128),
  /** Units are stored as salted hashes of their ids only. The salt is never shown. */
  hash_unit_ids: z.boolean(),
  created_at: Instant,
});
export type Environment = z.infer<typeof Environment>;

export const EnvironmentChange = z.strictObject({ name: Name.optional(), enabled: z.boolean().optional() });
export type EnvironmentChange = z.infer<typeof EnvironmentChange>;
