import { z } from "zod";
import { Instant, Key, Name, UnitType } from "./key.ts";

/** A range of a layer's buckets, inclusive at both ends. */
export const Slot = z
  .strictObject({ range_start: z.number().int().min(0).max(9999), range_end: z.number().int().min(0).max(9999) })
  .refine((slot) => slot.range_start <= slot.range_end, {
    message: "range_end must not be below range_start.",
    path: ["range_end"],
  });
export type Slot = z.infer<typeof Slot>;

export const NewLayer = z.strictObject({
  key: Key.optional(),
  name: Name,
  unit_type: UnitType.default("user_id"),
});
export type NewLayer = z.infer<typeof NewLayer>;

export const Layer = z.object({
  id: z.string(),
  /** The key people gave it, or `<experiment key>/traffic` for the layer that an experiment has to itself. */
  key: z.string(),
  name: Name,
  salt: z.string(),
  unit_type: UnitType,
  created_at: Instant,
  /** Who holds which buckets, lowest first. */
  slots: z.array(z.object({ experiment_key: Key, range_start: z.number().int(), range_end: z.number().int() })),
  free_buckets: z.number().int().min(0).max(10_000),
});
export type Layer = z.infer<typeof Layer>;
