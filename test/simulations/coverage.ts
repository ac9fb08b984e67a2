import { beliefCoverage } from "./coverage-beliefs.ts";
import { comparisonCoverage } from "./coverage-comparisons.ts";
import { designCoverage } from "./coverage-designs.ts";
import { achievedPower } from "./coverage-power.ts";
import { sequentialCoverage } from "./coverage-sequential.ts";
import type { Study } from "./study.ts";

/** How often every interval that `analytics/` gives holds a truth that is known, and how often a planned test finds it. */
export const coverage: readonly Study[] = [
  ...comparisonCoverage,
  ...sequentialCoverage,
  ...beliefCoverage,
  ...designCoverage,
  ...achievedPower,
];
