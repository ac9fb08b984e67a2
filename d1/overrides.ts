import { and, asc, eq, isNull, not } from "drizzle-orm";
import type { Override } from "../contract/override.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { overrides } from "./schema.ts";

/** Everything but the hash, which says no more than the unit. */
const shownColumns = { unit_hash: false } as const;

/** Newest first. `filter` has the key of an experiment or of a flag. */
export const listOverrides = async (
  d1: D1Database,
  page: PageRequest,
  filter: { readonly experiment?: string | undefined; readonly flag?: string | undefined } = {},
): Promise<Page<Override>> => {
  const { where, ...rest } = after(overrides.id, page);
  const { experiment, flag } = filter;
  const rows = await open(d1).query.overrides.findMany({
    ...rest,
    where: and(
      where,
      experiment === undefined ? undefined : eq(overrides.experiment, experiment),
      flag === undefined ? undefined : eq(overrides.flag, flag),
    ),
    columns: shownColumns,
  });
  return pageFrom(rows, page.limit, (row) => row);
};

export const findOverride = async (d1: D1Database, id: string): Promise<Override | undefined> =>
  open(d1).query.overrides.findFirst({ where: eq(overrides.id, id), columns: shownColumns });

/** The override of the same unit for the same experiment or flag in the same environment, or in all of them. */
export const findSameOverride = async (
  d1: D1Database,
  { experiment, flag, unit_type, unit, environment }: Override,
): Promise<Override | undefined> =>
  open(d1).query.overrides.findFirst({
    where: and(
      experiment === null ? isNull(overrides.experiment) : eq(overrides.experiment, experiment),
      flag === null ? isNull(overrides.flag) : eq(overrides.flag, flag),
      eq(overrides.unit_type, unit_type),
      eq(overrides.unit, unit),
      environment === null ? isNull(overrides.environment) : eq(overrides.environment, environment),
    ),
    columns: shownColumns,
  });

/** The overrides of an experiment, by its key, that give another variant than these; oldest first. */
export const listOverridesBut = async (
  d1: D1Database,
  experiment: string,
  variants: readonly string[],
): Promise<Pick<Override, "id" | "variant">[]> =>
  open(d1)
    .select({ id: overrides.id, variant: overrides.variant })
    .from(overrides)
    .where(and(eq(overrides.experiment, experiment), not(isOneOf(overrides.variant, variants))))
    .orderBy(asc(overrides.id))
    .all();

/** `unitHash` is what rulesets carry instead of the unit: see `core/unit-hash.ts`. */
export const insertOverride = (d1: D1Database, override: Override, unitHash: string): Statement =>
  open(d1)
    .insert(overrides)
    .values({ ...override, unit_hash: unitHash });

export const deleteOverride = (d1: D1Database, id: string): Statement =>
  open(d1).delete(overrides).where(eq(overrides.id, id));
