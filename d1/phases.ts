import { and, asc, eq, isNull } from "drizzle-orm";
import type { Experiment, Phase } from "../contract/experiment.ts";
import { open } from "./database.ts";
import type { Statement } from "./database.ts";
import { phases } from "./schema.ts";
import type { PhaseDefinition } from "./schema.ts";

export const phaseDefinitionOf = ({
  variants,
  slots,
  targeting,
  prerequisites,
  salt,
}: Experiment): PhaseDefinition => ({
  weights_bp: Object.fromEntries(variants.map(({ key, weight_bp }) => [key, weight_bp])),
  slots,
  targeting,
  prerequisites,
  salt,
});

/**
 * The phases of an experiment in order; none before its start.
 *
 * Phases from before definitions were kept show the present one. Since a new phase gives them theirs (see {@link beginPhase})
 * nothing but traffic can have changed after them, so only their slots may be more than they had.
 */
export const listPhases = async (d1: D1Database, experiment: Experiment): Promise<Phase[]> => {
  const rows = await open(d1)
    .select()
    .from(phases)
    .where(eq(phases.experiment_id, experiment.id))
    .orderBy(asc(phases.number))
    .all();
  return rows.map(({ number, started_at, reason, definition }) => ({
    number,
    started_at,
    reason,
    ...(definition ?? phaseDefinitionOf(experiment)),
  }));
};

/** Begins the phase that `experiment` is in now; `before` is the experiment as it was, whose phases keep what they were. */
export const beginPhase = (
  d1: D1Database,
  {
    before,
    experiment,
    startedAt,
    reason,
  }: {
    readonly before: Experiment;
    readonly experiment: Experiment;
    readonly startedAt: string;
    readonly reason: string;
  },
): Statement[] => [
  open(d1)
    .update(phases)
    .set({ definition: phaseDefinitionOf(before) })
    .where(and(eq(phases.experiment_id, experiment.id), isNull(phases.definition))),
  open(d1)
    .insert(phases)
    .values({
      experiment_id: experiment.id,
      number: experiment.phase,
      started_at: startedAt,
      reason,
      definition: phaseDefinitionOf(experiment),
    }),
];
