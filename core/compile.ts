import type { Assignment } from "../contract/decision.ts";
import type { Ruleset, RulesetExperiment, RulesetKey } from "../contract/ruleset.ts";
import { slotLookup } from "./layer.ts";
import { type FindAudience, type Predicate, compileAudiences, compileRules } from "./targeting.ts";
import { cumulativeWeights } from "./variant.ts";

/** An experiment, ready to be decided. */
export interface CompiledExperiment {
  readonly experiment: RulesetExperiment;
  /** `undefined` when its rules do not compile: it is answered with reason `error` and spoils nothing else. */
  readonly isEligible: Predicate | undefined;
  readonly cumulativeWeights: readonly number[];
  /** The answer for each variant, in stored order. Shared between decisions: never to be changed. */
  readonly assignments: readonly Assignment[];
}

/** The running experiments that share a layer and a unit type: one hash picks at most one of them. */
export interface CompiledLayer {
  readonly salt: string;
  readonly unitType: string;
  readonly experimentAt: (bucket: number) => CompiledExperiment | undefined;
}

/** A ruleset as closures and indices. Immutable: compile once a version, share between all requests. */
export interface CompiledRuleset {
  readonly ruleset: Ruleset;
  readonly layers: readonly CompiledLayer[];
  /** Running or not, by key and by id. */
  readonly experiments: ReadonlyMap<string, CompiledExperiment>;
  /** The layer of each running experiment. */
  readonly layerOf: ReadonlyMap<CompiledExperiment, CompiledLayer>;
  /** SDK keys by the hash of the whole key. */
  readonly keys: ReadonlyMap<string, RulesetKey>;
}

export const compile = (ruleset: Ruleset): CompiledRuleset => {
  const findAudience = compileAudiences(ruleset.audiences);
  const all = ruleset.experiments.map((experiment) => compileExperiment(experiment, findAudience));
  const layers: CompiledLayer[] = [];
  const layerOf = new Map<CompiledExperiment, CompiledLayer>();
  const running = all.filter(({ experiment }) => experiment.status === "running");
  for (const members of Map.groupBy(running, layerKey).values()) {
    const layer = compileLayer(members);
    if (!layer) continue;
    layers.push(layer);
    for (const member of members) layerOf.set(member, layer);
  }
  return {
    ruleset,
    layers,
    layerOf,
    experiments: new Map([
      ...all.map((compiled) => [compiled.experiment.id, compiled] as const),
      ...all.map((compiled) => [compiled.experiment.key, compiled] as const),
    ]),
    keys: new Map(ruleset.keys.map((key) => [key.hash, key])),
  };
};

const layerKey = ({ experiment }: CompiledExperiment): string => `${experiment.unit_type}:${experiment.layer_salt}`;

const compileLayer = (members: readonly CompiledExperiment[]): CompiledLayer | undefined => {
  const [first] = members;
  return (
    first && {
      salt: first.experiment.layer_salt,
      unitType: first.experiment.unit_type,
      experimentAt: slotLookup(members.flatMap((owner) => owner.experiment.slots.map((slot) => ({ ...slot, owner })))),
    }
  );
};

const compileExperiment = (experiment: RulesetExperiment, findAudience: FindAudience): CompiledExperiment => ({
  experiment,
  isEligible: compileEligibility(experiment, findAudience),
  cumulativeWeights: cumulativeWeights(experiment.variants.map((variant) => variant.weight_bp)),
  assignments: experiment.variants.map((variant) => ({
    experiment_key: experiment.key,
    experiment_id: experiment.id,
    variant_key: variant.key,
    variant_id: variant.id,
    payload: variant.config,
    reason: "assigned",
  })),
});

const compileEligibility = (experiment: RulesetExperiment, findAudience: FindAudience): Predicate | undefined => {
  try {
    return compileRules(experiment.rules, findAudience);
  } catch {
    return undefined;
  }
};
