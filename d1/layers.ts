import { and, asc, eq, notInArray, or } from "drizzle-orm";
import type { Layer } from "../contract/layer.ts";
import { isOneOf, open } from "./database.ts";
import type { Statement } from "./database.ts";
import { after, pageFrom } from "./page.ts";
import type { Page, PageRequest } from "./page.ts";
import { experiments, layers, slots } from "./schema.ts";

type LayerRow = typeof layers.$inferSelect;

/** The buckets taken in some layers, lowest first. A completed or archived experiment has given its buckets back. */
const takenSlots = (d1: D1Database, layerIds: readonly string[]) =>
  open(d1)
    .select({
      layer_id: experiments.layer_id,
      experiment_key: experiments.key,
      range_start: slots.range_start,
      range_end: slots.range_end,
    })
    .from(slots)
    .innerJoin(experiments, eq(experiments.id, slots.experiment_id))
    .where(and(isOneOf(experiments.layer_id, layerIds), notInArray(experiments.status, ["completed", "archived"])))
    .orderBy(asc(slots.range_start))
    .all();

const withSlots = async (d1: D1Database, rows: readonly LayerRow[]): Promise<Layer[]> => {
  const taken = await takenSlots(
    d1,
    rows.map(({ id }) => id),
  );
  return rows.map((layer) => {
    const held = taken.filter(({ layer_id }) => layer_id === layer.id);
    return {
      ...layer,
      slots: held.map(({ experiment_key, range_start, range_end }) => ({ experiment_key, range_start, range_end })),
      free_buckets: held.reduce((free, { range_start, range_end }) => free - (range_end - range_start + 1), 10_000),
    };
  });
};

export const listLayers = async (d1: D1Database, page: PageRequest): Promise<Page<Layer>> => {
  const { items, next_cursor } = pageFrom(
    await open(d1).query.layers.findMany(after(layers.id, page)),
    page.limit,
    (row) => row,
  );
  return { items: await withSlots(d1, items), next_cursor };
};

/** By key or id. */
export const findLayer = async (d1: D1Database, reference: string): Promise<Layer | undefined> => {
  const row = await open(d1)
    .select()
    .from(layers)
    .where(or(eq(layers.key, reference), eq(layers.id, reference)))
    .get();
  return row && (await withSlots(d1, [row]))[0];
};

export const insertLayer = (
  d1: D1Database,
  { id, key, name, salt, unit_type, created_at }: Omit<Layer, "slots" | "free_buckets">,
): Statement => open(d1).insert(layers).values({ id, key, name, salt, unit_type, created_at });

export const updateLayer = (
  d1: D1Database,
  { id, name, unit_type }: Pick<Layer, "id" | "name" | "unit_type">,
): Statement => open(d1).update(layers).set({ name, unit_type }).where(eq(layers.id, id));

/** Gives a layer that one experiment has to itself another salt, so that its units fall into other buckets. */
export const resaltLayer = (d1: D1Database, { id, salt }: Pick<Layer, "id" | "salt">): Statement =>
  open(d1).update(layers).set({ salt }).where(eq(layers.id, id));

/** Only a layer that no experiment is in. */
export const deleteLayer = (d1: D1Database, id: string): Statement => open(d1).delete(layers).where(eq(layers.id, id));
