import type { Assignment, Context, DecisionReason, Units } from "../contract/decision.ts";
import { bucketOf } from "./bucket.ts";
import type { CompiledExperiment, CompiledLayer, CompiledRuleset } from "./compile.ts";
import { variantAt } from "./variant.ts";

export interface DecideInput {
  /** Units by type. A type that is not here is looked for in the context. */
  readonly units: Units;
  readonly context: Context;
  /** Keys or ids of the experiments to decide; everything the unit is assigned to without it. */
  readonly experiments?: readonly string[] | undefined;
}

/**
 * What a unit gets. Without `experiments`, each experiment it is assigned to; with it, one answer a name, in that order,
 * whose reason is the first check that failed: environment on, running, unit present, layer slot, targeting, variant.
 *
 * Never throws: an experiment that cannot be evaluated has reason `error` and leaves the others alone.
 */
export const decide = (compiled: CompiledRuleset, input: DecideInput): Assignment[] => {
  if (input.experiments) return [...new Set(input.experiments)].map((name) => decideNamed(compiled, name, input));
  const assignments: Assignment[] = [];
  if (!compiled.ruleset.enabled) return assignments;
  for (const layer of compiled.layers) {
    const unit = unitOf(layer.unitType, input);
    if (unit === undefined) continue;
    const experiment = layer.experimentAt(bucketOf(unit, layer.salt));
    if (!experiment) continue;
    const assignment = assign(experiment, unit, input.context);
    if (assignment.reason === "assigned") assignments.push(assignment);
  }
  return assignments;
};

/** The answer that changes nothing for the visitor. `experiment` is what was asked for when nothing is known of it. */
export const defaultAssignment = (experiment: string | CompiledExperiment, reason: DecisionReason): Assignment => ({
  experiment_key: typeof experiment === "string" ? experiment : experiment.experiment.key,
  experiment_id: typeof experiment === "string" ? null : experiment.experiment.id,
  variant_key: null,
  variant_id: null,
  payload: null,
  reason,
});

const decideNamed = (compiled: CompiledRuleset, name: string, input: DecideInput): Assignment => {
  const experiment = compiled.experiments.get(name);
  if (!experiment) return defaultAssignment(name, "unknown_experiment");
  if (!compiled.ruleset.enabled) return defaultAssignment(experiment, "environment_off");
  const layer: CompiledLayer | undefined = compiled.layerOf.get(experiment);
  if (!layer) return defaultAssignment(experiment, "not_running");
  const unit = unitOf(layer.unitType, input);
  if (unit === undefined) return defaultAssignment(experiment, "unit_missing");
  if (layer.experimentAt(bucketOf(unit, layer.salt)) !== experiment)
    return defaultAssignment(experiment, "outside_slot");
  return assign(experiment, unit, input.context);
};

const assign = (compiled: CompiledExperiment, unit: string, context: Context): Assignment => {
  try {
    if (!compiled.isEligible) return defaultAssignment(compiled, "error");
    if (!compiled.isEligible(context)) return defaultAssignment(compiled, "targeting");
    const bucket = bucketOf(unit, compiled.experiment.salt);
    return compiled.assignments[variantAt(compiled.cumulativeWeights, bucket)] ?? defaultAssignment(compiled, "error");
  } catch {
    return defaultAssignment(compiled, "error");
  }
};

const unitOf = (unitType: string, { units, context }: DecideInput): string | undefined =>
  textAt(units, unitType) ?? textAt(context, unitType);

const textAt = (record: Units | Context, key: string): string | undefined => {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
};
