import type { Assignment } from "../../contract/decision.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Ruleset, RulesetExperiment } from "../../contract/ruleset.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import { bucketOf } from "../../core/bucket.ts";

type Context = Readonly<Record<string, JsonValue>>;
type Predicate = (context: Context) => boolean;

interface PlainExperiment {
  readonly experiment: RulesetExperiment;
  readonly isEligible: Predicate;
  readonly ends: readonly number[];
}

interface PlainLayer {
  readonly salt: string;
  readonly starts: readonly number[];
  readonly slots: readonly { readonly end: number; readonly owner: PlainExperiment }[];
}

/** A ruleset as maps and closures. */
export interface PlainRuleset {
  readonly byName: ReadonlyMap<string, PlainExperiment>;
  readonly layers: ReadonlyMap<string, PlainLayer>;
}

const conditionOf = (condition: Condition): Predicate => {
  if ("operator" in condition && condition.operator === "eq") {
    const { attribute, value } = condition;
    return (context) => context[attribute] === value;
  }
  if ("operator" in condition && condition.operator === "in") {
    const { attribute } = condition;
    const values = new Set<JsonValue | undefined>(condition.value);
    return (context) => values.has(context[attribute]);
  }
  throw new Error("Only eq and in are part of the comparison.");
};

const ruleOf = (rule: Rule): Predicate => {
  const conditions = rule.conditions.map(conditionOf);
  return (context) => conditions.every((holds) => holds(context));
};

const experimentOf = (experiment: RulesetExperiment): PlainExperiment => {
  const rules = experiment.rules.map(ruleOf);
  let end = 0;
  return {
    experiment,
    isEligible: rules.length === 0 ? () => true : (context) => rules.some((matches) => matches(context)),
    ends: experiment.variants.map(({ weight_bp }) => (end += weight_bp)),
  };
};

/** What a good engineer writes without thinking of size: one JSON object an experiment, compiled to closures and maps. */
export const compilePlainly = (ruleset: Ruleset): PlainRuleset => {
  const byName = new Map<string, PlainExperiment>();
  const members = new Map<string, PlainExperiment[]>();
  for (const each of ruleset.experiments) {
    const compiled = experimentOf(each);
    byName.set(each.key, compiled).set(each.id, compiled);
    if (each.status !== "running") continue;
    const inLayer = members.get(each.layer_salt);
    if (inLayer) inLayer.push(compiled);
    else members.set(each.layer_salt, [compiled]);
  }
  const layers = new Map<string, PlainLayer>();
  for (const [salt, owners] of members) {
    const slots = owners
      .flatMap((owner) =>
        owner.experiment.slots.map((slot) => ({ start: slot.range_start, end: slot.range_end, owner })),
      )
      .toSorted((a, b) => a.start - b.start);
    layers.set(salt, { salt, starts: slots.map(({ start }) => start), slots });
  }
  return { byName, layers };
};

const decide = (layer: PlainLayer, unit: string, context: Context): Assignment | undefined => {
  const bucket = bucketOf(unit, layer.salt);
  const slot = layer.slots[layer.starts.findLastIndex((start) => start <= bucket)];
  if (!slot || bucket > slot.end || !slot.owner.isEligible(context)) return undefined;
  const { experiment, ends } = slot.owner;
  const at = bucketOf(unit, experiment.salt);
  const variant = experiment.variants[ends.findIndex((end) => at < end)];
  return (
    variant && {
      experiment_key: experiment.key,
      experiment_id: experiment.id,
      variant_key: variant.key,
      variant_id: variant.id,
      payload: variant.config,
      reason: "assigned",
    }
  );
};

export const plainOne = (
  ruleset: PlainRuleset,
  key: string,
  unit: string,
  context: Context,
): Assignment | undefined => {
  const found = ruleset.byName.get(key);
  const layer = found && ruleset.layers.get(found.experiment.layer_salt);
  return layer && decide(layer, unit, context);
};

export const plainAll = (ruleset: PlainRuleset, unit: string, context: Context): Assignment[] => {
  const assignments: Assignment[] = [];
  for (const layer of ruleset.layers.values()) {
    const assignment = decide(layer, unit, context);
    if (assignment) assignments.push(assignment);
  }
  return assignments;
};
