import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Key, Name } from "./key.ts";

/** A share as people write it: 0–100 with at most two decimals, so that it is a whole number of basis points. */
export const Percent = z
  .number()
  .min(0)
  .max(100)
  .refine((percent) => Math.abs(percent * 100 - Math.round(percent * 100)) < 1e-6, {
    message: "Use at most two decimals.",
  });

export const NewVariant = z
  .strictObject({
    key: Key.optional(),
    name: Name.optional(),
    weight: Percent,
    config: JsonValue.optional(),
    is_control: z.boolean().optional(),
  })
  .refine((variant) => variant.key !== undefined || variant.name !== undefined, {
    message: "Give the variant a key or a name.",
    path: ["key"],
  });
export type NewVariant = z.infer<typeof NewVariant>;

export const Variant = z.object({
  id: z.string(),
  key: Key,
  name: Name,
  /** The variant's share in basis points; an experiment's weights sum to 10,000. */
  weight_bp: z.number().int().min(0).max(10_000),
  is_control: z.boolean(),
  /** What a decision answers as its payload. */
  config: JsonValue,
  /** Factor key → level key, of a cell of a factorial; null for any other variant. */
  levels: z.record(z.string(), z.string()).nullable(),
});
export type Variant = z.infer<typeof Variant>;
