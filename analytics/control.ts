import type { AnalysisPlan } from "../contract/analysis-plan.ts";

export type PlanVariant = AnalysisPlan["variants"][number];

/** The variant that the others are compared with; undefined only without any. */
export const controlOf = ({ variants }: Pick<AnalysisPlan, "variants">): PlanVariant | undefined =>
  variants.find((variant) => variant.is_control) ?? variants[0];

/** All variants but the control. */
export const treatmentsOf = (plan: Pick<AnalysisPlan, "variants">): PlanVariant[] => {
  const control = controlOf(plan);
  return plan.variants.filter((variant) => variant !== control);
};
