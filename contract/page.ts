import { z } from "zod";
import "./messages.ts";

/**
 * Query of a list route, and nothing else. `cursor` is the opaque `next_cursor` of the page before; what cannot be one of
 * this list is refused, because any other would silently begin somewhere else.
 */
export const pageQuery = (cursor: RegExp) =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().regex(cursor, "Use the next_cursor of the page before, as it is.").optional(),
  });

/** The page query of a list whose cursors are ids, `<prefix>_` and 18 or (older ones) 26 characters. */
export const pageQueryOf = (prefix: string) => pageQuery(new RegExp(`^${prefix}_(?:[0-9A-Z]{18}|[0-9A-Z]{26})$`));

/** The page query of an experiment's variants: the experiment's part and a number, or (older ones) an id as the others. */
export const VariantsQuery = pageQuery(/^var_(?:[0-9A-Z]{18}|[0-9A-Z]{26})(?:_[1-9][0-9]{0,3})?$/);

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
