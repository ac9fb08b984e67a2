import type { AnalysisPlan } from "../contract/analysis-plan.ts";
import type { MetricResult, Progress, Results, Verdict } from "../contract/results.ts";
import type { Sequence } from "../contract/sequence.ts";
import type { Amount } from "./enough-data.ts";

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
export type Saying = Omit<Verdict, "rule">;

/** The name that people know a variant by, in quotes. */
export const nameOf = ({ variants }: Pick<Situation, "variants">, key: string): string =>
  `“${variants.find((variant) => variant.key === key)?.name ?? key}”`;

export const isPaused = ({ plan }: Pick<Situation, "plan">): boolean => plan.status === "paused";
