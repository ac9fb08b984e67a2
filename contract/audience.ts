import { z } from "zod";
import { Instant, Key, Name } from "./key.ts";
import { Attribute, Rules } from "./targeting.ts";

export const MAX_AUDIENCE_IDS = 100_000;
/** A body with that many ids is larger than others may be. */
export const MAX_AUDIENCE_BYTES = 16 * 1024 * 1024;

const Ids = z.array(z.string().min(1).max(256)).max(MAX_AUDIENCE_IDS);

/** Members are those whom a rule matches, and those on the list of ids. Only hashes of the ids are kept. */
export const NewAudience = z
  .strictObject({
    key: Key.optional(),
    name: Name,
    rules: Rules.default([]),
    ids: Ids.min(1).optional(),
    /** The attribute or unit type that is looked up in `ids`. */
    id_attribute: Attribute.default("user_id"),
  })
  .refine((audience) => audience.rules.length > 0 || audience.ids !== undefined, {
    message: "Give rules or ids; an audience with neither has no members.",
    path: ["rules"],
  });
export type NewAudience = z.infer<typeof NewAudience>;

/** `ids` replaces the list; `add_ids` and `remove_ids` change it. */
export const AudienceChange = z
  .strictObject({
    name: Name.optional(),
    rules: Rules.optional(),
    ids: Ids.optional(),
    add_ids: Ids.optional(),
    remove_ids: Ids.optional(),
  })
  .refine((change) => change.ids === undefined || (change.add_ids === undefined && change.remove_ids === undefined), {
    message: "Either replace the list with ids, or change it with add_ids and remove_ids.",
    path: ["ids"],
  });
export type AudienceChange = z.infer<typeof AudienceChange>;

export const Audience = z.object({
  id: z.string(),
  key: Key,
  name: Name,
  rules: Rules,
  /** How many ids are on the list, and which attribute is looked up in it; null without a list. */
  ids: z.object({ attribute: Attribute, count: z.number().int() }).nullable(),
  created_at: Instant,
});
export type Audience = z.infer<typeof Audience>;
