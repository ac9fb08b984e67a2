import { z } from "zod";
import { Instant, Reference } from "./key.ts";
import { CellKey, SumName } from "./sums.ts";

/** Which objects count an environment: see `durable-objects/shard-name.ts`. */
export const Generation = z.object({ generation: z.number().int(), shards: z.number().int() });
export type Generation = z.infer<typeof Generation>;

/**
 * Without `switch`, the archive is counted once more beside what counts now, compared with it and thrown away. With it, the
 * environment is counted by the new generation from then on.
 */
export const NewReplay = z.strictObject({
  /** How many shards the replayed generation has; as many as now without it. */
  shards: z.number().int().min(1).max(128).optional(),
  switch: z.boolean().default(false),
  /** Switches even where the counts differ. */
  force: z.boolean().default(false),
});
export type NewReplay = z.infer<typeof NewReplay>;

/**
 * In this order; `done` and `failed` end it. A check goes from `comparing` to `cleaning`, a switch from there to `moving`, and
 * stays `ready` until the environment is published on the new generation.
 */
export const ReplayStage = z.enum([
  "clearing",
  "replaying",
  "closing",
  "catching_up",
  "comparing",
  "moving",
  "ready",
  "cleaning",
  "done",
  "failed",
]);
export type ReplayStage = z.infer<typeof ReplayStage>;

/** What a cell has: `n` and its sums. */
const CellContent = z.object({ n: z.number().int(), sums: z.partialRecord(SumName, z.string()) });

export const CellDifference = CellKey.extend({
  /** Null where there is no such cell. */
  live: CellContent.nullable(),
  replayed: CellContent.nullable(),
});
export type CellDifference = z.infer<typeof CellDifference>;

export const Comparison = z.object({
  /** Cells that were compared, of every kind. */
  cells: z.number().int(),
  different: z.number().int(),
  /** The first of those that differ, at most 20. */
  examples: z.array(CellDifference),
  /** Units with a row. */
  units: z.object({ live: z.number().int(), replayed: z.number().int() }),
  /** Cells that differ, and units too many or too few: 0 when the archive gives exactly what is counted. */
  difference: z.number().int(),
});
export type Comparison = z.infer<typeof Comparison>;

/** A rebuilding of an environment's counts from the archive. */
export const Replay = z.object({
  id: z.string(),
  environment: z.string(),
  switch: z.boolean(),
  from: Generation,
  to: Generation,
  stage: ReplayStage,
  started_at: Instant,
  finished_at: Instant.nullable(),
  progress: z.object({
    /** Files in the archive when it began, and how many were read of them, and of those that came since. */
    files: z.number().int(),
    files_read: z.number().int(),
    /** Messages and the events that they account for; a message counts once however often it is read. */
    messages: z.number().int(),
    events: z.number().int(),
    /** Messages that the live generation has not counted: they are on their way to it. */
    under_way: z.number().int(),
    /** Messages that could not be counted, and are parked. */
    dead_lettered: z.number().int(),
  }),
  comparison: Comparison.nullable(),
  /** What ended it, or what it is trying again. */
  error: z.string().nullable(),
});
export type Replay = z.infer<typeof Replay>;

export const ReplayList = z.object({ items: z.array(Replay) });
export type ReplayList = z.infer<typeof ReplayList>;

export const UnitDeletionQuery = z.strictObject({ environment: Reference.default("production") });
export type UnitDeletionQuery = z.infer<typeof UnitDeletionQuery>;

/** A unit that was deleted, as the archive keeps it for replays: `tombstones/<environment>/<id>.json`. */
export const Tombstone = z.object({
  unit_type: z.string(),
  /** As it is in events: hashed, where the environment hashes its units. */
  unit: z.string(),
  /** ms since 1970: its events up to then are dropped. */
  deleted_at: z.number().int(),
});
export type Tombstone = z.infer<typeof Tombstone>;

export const UnitDeletion = z.object({
  environment: z.string(),
  unit_type: z.string(),
  deleted_at: Instant,
  /** Whether anything was known of the unit. */
  existed: z.boolean(),
});
export type UnitDeletion = z.infer<typeof UnitDeletion>;
