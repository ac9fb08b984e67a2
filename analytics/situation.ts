import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricResult, Progress, Results, VerdictCode } from "../contract/results.ts";
import type { Sequence } from "../contract/sequence.ts";
import type { Amount } from "./enough-data.ts";
import type { Prose } from "./prose.ts";

/** Everything a verdict may depend on. */
export interface Situation {
  readonly plan: AnalysisPlan;
  readonly health: Results["health"];
  readonly variants: Results["variants"];
  readonly metrics: readonly MetricResult[];
  /** Of the primary metric, in the order of the variants; empty without one. */
  readonly amounts: readonly Amount[];
  readonly progress: Progress | null;
  readonly sequence: Pick<Sequence, "running" | "looks">;
  /** The last day on which a unit was first exposed, in days since 1970. */
  readonly lastExposureDay: number | null;
  readonly asOfMs: number;
}

/** A verdict but for the rule, which is the same whatever the numbers. */
export interface Saying {
  readonly code: VerdictCode;
  /** Left out where it speaks of none. */
  readonly variant_key?: string;
  readonly title: string;
  readonly detail: Prose;
  readonly reasons?: Prose;
  readonly next_step: Prose;
}
