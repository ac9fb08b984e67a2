import type { Comparison, Generation, Replay, ReplayStage } from "../contract/replay.ts";
import type { Comparing } from "./compare-generations.ts";
import type { Layout } from "./relocate.ts";

/** A replay as its object keeps it, so that it goes on wherever it was interrupted. Instants are ms since 1970. */
export interface ReplayRun {
  readonly id: string;
  readonly environment: string;
  readonly switch: boolean;
  readonly force: boolean;
  readonly from: Generation;
  readonly to: Generation;
  /** Every experiment that there has been. */
  readonly experiment_ids: readonly string[];
  readonly stage: ReplayStage;
  readonly started_at: number;
  readonly finished_at: number | null;
  /** The way through the archive that it is on. */
  readonly pass: {
    readonly number: number;
    readonly began_at: number;
    /** Files that were written before are left out. */
    readonly since: number;
    /** The last file that was read. */
    readonly after: string | null;
    /** What the ledgers of what counts now said when it began; equal ledgers at its end mean that nothing came in between. */
    readonly ledgers: string;
  };
  /** When the shards that count began to be closed; null while all of them are open. */
  readonly closed_at: number | null;
  readonly progress: Replay["progress"];
  readonly comparison: Comparison | null;
  /** How far the comparison that is under way has got. */
  readonly comparing?: Comparing | null;
  readonly error: string | null;
  /** Steps that failed one after the other. */
  readonly failures: number;
  /** How it ends once it has cleaned up. */
  readonly ending: "done" | "failed";
  /** Whether the old generation's rows are gone. */
  readonly retired: boolean;
}

export const isActive = ({ stage }: ReplayRun): boolean => stage !== "done" && stage !== "failed";

/** Whether the old generation has begun to hand over, which is not taken back. */
export const hasMoved = (run: ReplayRun): boolean =>
  run.switch && (run.stage === "moving" || run.stage === "ready" || run.stage === "done");

export const fromOf = ({ environment, from }: ReplayRun): Layout => ({ environment, ...from });
export const toOf = ({ environment, to }: ReplayRun): Layout => ({ environment, ...to });

const instantOf = (ms: number): string => new Date(ms).toISOString();

export const reportOf = (run: ReplayRun): Replay => ({
  id: run.id,
  environment: run.environment,
  switch: run.switch,
  from: run.from,
  to: run.to,
  stage: run.stage,
  started_at: instantOf(run.started_at),
  finished_at: run.finished_at === null ? null : instantOf(run.finished_at),
  progress: run.progress,
  comparison: run.comparison,
  error: run.error,
});
