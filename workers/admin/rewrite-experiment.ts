import type { NewAnalysisSettings } from "../../contract/analysis-settings.ts";
import { NewExperiment } from "../../contract/experiment.ts";
import type { Experiment, ExperimentChange } from "../../contract/experiment.ts";
import type { NewVariant } from "../../contract/variant.ts";
import { ownLayerKey, tuningUnitsOf } from "./resolve-experiment.ts";
import { parse } from "./valid.ts";

const variantsAsWritten = ({ variants }: Experiment): NewVariant[] =>
  variants.map(({ key, name, weight_bp, config, is_control }) => ({
    key,
    name,
    weight: weight_bp / 100,
    is_control,
    ...(config !== null && { config }),
  }));

/** How it is read, but for what follows from the kind of units that it has, which may be about to change. */
const chosenIn = (experiment: Experiment): NewAnalysisSettings => {
  const { tuning_units, ...chosen } = experiment.analysis;
  return tuning_units === tuningUnitsOf(experiment) ? chosen : experiment.analysis;
};

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
    ...(experiment.factors === null ? { variants: variantsAsWritten(experiment) } : { factors: experiment.factors }),
    targeting: experiment.targeting,
    ...(experiment.primary_metric !== null && { primary_metric: experiment.primary_metric }),
    secondary_metrics: experiment.secondary_metrics,
    guardrail_metrics: experiment.guardrail_metrics,
    guardrail_limits: experiment.guardrail_limits,
    analysis: experiment.analysis,
    ...(experiment.min_detectable_effect !== null && { min_detectable_effect: experiment.min_detectable_effect }),
    significance_level: experiment.significance_level,
    power: experiment.power,
    estimated_duration_days: experiment.estimated_duration_days,
    starts_at: experiment.starts_at,
    ends_at: experiment.ends_at,
    prerequisites: experiment.prerequisites,
    sticky: experiment.sticky,
    server_only: experiment.server_only,
    switchback: experiment.switchback,
    dimensions: experiment.dimensions,
    watch: experiment.watch,
    member_type: experiment.member_type,
  };
};

/**
 * A draft's request, written again with changes; null takes a field back, and of the analysis what is not named stays. Exact buckets give way to a share that is asked for,
 * variants to factors and factors to variants. A draft that moves to another layer, or to one of its own, without saying how
 * much of it, asks for the share that it had.
 */
export const rewritten = (experiment: Experiment, change: ExperimentChange): NewExperiment => {
  const { slots, variants, factors, guardrail_limits: limits, ...same } = asWritten(experiment);
  const { layer, analysis, ...changed } = change;
  const isMoving =
    layer === null
      ? experiment.layer.key !== ownLayerKey(experiment.key)
      : layer !== undefined && ![experiment.layer.key, experiment.layer.id].includes(layer);
  const isReallocated = change.traffic !== undefined || change.slots !== undefined;
  const isRedivided = change.variants !== undefined || change.factors !== undefined;
  const written = {
    ...same,
    ...(!isReallocated && (isMoving ? { traffic: experiment.traffic } : { slots })),
    ...(!isRedivided && { variants, factors }),
    // A guardrail that is one no more takes its limit along.
    guardrail_limits: Object.fromEntries(
      Object.entries(limits ?? {}).filter(([key]) => change.guardrail_metrics?.includes(key) ?? true),
    ),
    ...changed,
    analysis: { ...chosenIn(experiment), ...analysis },
    // A shared layer has its own unit type; a layer of its own goes on with the one that it was in.
    ...(isMoving && { layer, unit_type: change.unit_type ?? (layer === null ? experiment.unit_type : undefined) }),
  };
  return parse(NewExperiment, Object.fromEntries(Object.entries(written).filter(([, value]) => value !== null)));
};
