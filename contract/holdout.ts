import { z } from "zod";
import { EnvironmentKey, Instant, Key, Name, Reference, UnitType } from "./key.ts";

/** A share of all units, as a fraction. A holdout's bucket is a whole basis point. */
const Share = z.number().min(0).max(1);

/** What a holdout keeps its units out of. Without `covers`, every experiment and flag. */
const NewCovers = z
  .strictObject({
    experiments: z.array(Reference).max(1000).optional(),
    flags: z.array(Reference).max(1000).optional(),
  })
  .refine(({ experiments = [], flags = [] }) => experiments.length + flags.length > 0, {
    message: "Name experiments or flags; leave covers out to cover everything.",
    path: ["experiments"],
  });

export const NewHoldout = z.strictObject({
  key: Key.optional(),
  name: Name,
  /** Share of the units that are kept out, 0.05 for 5 %. */
  share: Share,
  unit_type: UnitType.default("user_id"),
  environments: z.array(Reference).min(1).max(20).optional(),
  covers: NewCovers.optional(),
});
export type NewHoldout = z.infer<typeof NewHoldout>;

/** Lowering the share lets units in, raising it puts units out that may have been exposed: both are on the record. */
export const HoldoutChange = z.strictObject({
  name: Name.optional(),
  share: Share.optional(),
  environments: z.array(Reference).min(1).max(20).optional(),
  covers: NewCovers.nullable().optional(),
});
export type HoldoutChange = z.infer<typeof HoldoutChange>;

export const Holdout = z.object({
  id: z.string(),
  key: Key,
  name: Name,
  share: Share,
  unit_type: UnitType,
  salt: z.string(),
  environments: z.array(EnvironmentKey),
  /** Keys; null covers everything. */
  covers: z.object({ experiments: z.array(Key), flags: z.array(Key) }).nullable(),
  created_at: Instant,
});
export type Holdout = z.infer<typeof Holdout>;
