import { NewExperiment } from "../../contract/experiment.ts";
import type { Experiment, ExperimentChange } from "../../contract/experiment.ts";
import { ownLayerKey } from "./resolve-experiment.ts";
import { parse } from "./valid.ts";

/** The request that would make the experiment as it is now. */
const asWritten = (experiment: Experiment): NewExperiment => {
  const isAlone = experiment.layer.key === ownLayerKey(experiment.key);
  return {
    type: experiment.type,
    name: experiment.name,
    hypothesis: experiment.hypothesis,
    owner: experiment.owner,
    environments: experiment.environments,
    ...(isAlone ? { unit_type: experiment.unit_type } : { layer: experiment.layer.key }),
    slots: experiment.slots,
    ...(experiment.url !== null && { url: experiment.url }),
    variants: experiment.variants.map(({ key, name, weight_bp, config, is_control }) => ({
      key,
      name,
      weight: weight_bp / 100,
      is_control,
      ...(config !== null && { config }),
    })),
    targeting: experiment.targeting,
    ...(experiment.primary_metric !== null && { primary_metric: experiment.primary_metric }),
    secondary_metrics: experiment.secondary_metrics,
    guardrail_metrics: experiment.guardrail_metrics,
    ...(experiment.min_detectable_effect !== null && { min_detectable_effect: experiment.min_detectable_effect }),
    significance_level: experiment.significance_level,
    power: experiment.power,
    estimated_duration_days: experiment.estimated_duration_days,
  };
};

/**
 * A draft's request, written again with changes. Exact buckets give way to a share that is asked for; a draft that moves to
 * another layer without saying how much of it, asks for the share that it had.
 */
export const rewritten = (experiment: Experiment, change: ExperimentChange): NewExperiment => {
  const { slots, ...written } = asWritten(experiment);
  const { layer, ...changed } = change;
  const isMoving = layer !== undefined && ![experiment.layer.key, experiment.layer.id].includes(layer);
  const isReallocated = change.traffic !== undefined || change.slots !== undefined;
  return parse(NewExperiment, {
    ...written,
    ...(!isReallocated && (isMoving ? { traffic: experiment.traffic } : { slots })),
    ...changed,
    // The unit type of an own layer must not be carried over to a shared one, which has its own.
    ...(isMoving && { layer, unit_type: change.unit_type }),
  });
};
