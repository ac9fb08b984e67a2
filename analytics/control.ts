import type { AnalysisPlan } from "../contract/analysis-plan.ts";

export type PlanVariant = AnalysisPlan["variants"][number];

interface Variants<Variant> {
  readonly variants: readonly Variant[];
}

/** The variant that the others are compared with; undefined only without any. */
export const controlOf = <Variant extends { readonly is_control: boolean }>({
  variants,
}: Variants<Variant>): Variant | undefined => variants.find((variant) => variant.is_control) ?? variants[0];

/** All variants but the control. */
export const treatmentsOf = <Variant extends { readonly is_control: boolean }>(plan: Variants<Variant>): Variant[] => {
  const control = controlOf(plan);
  return plan.variants.filter((variant) => variant !== control);
};
