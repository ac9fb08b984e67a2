import type { EncodedExperiments, EncodedRuleset, EncodedSplit, RareFields } from "../contract/encoded-ruleset.ts";
import type { Ruleset, RulesetExperiment } from "../contract/ruleset.ts";
import { BUCKETS } from "./bucket.ts";
import { joinTexts, packNumbers, packOffsets } from "./columns.ts";
import { derivedSalt, derivedVariantId, ownLayerSalt } from "./derived.ts";
import { type TargetingEncoder, makeTargetingEncoder } from "./encode-targeting.ts";
import { makeInterner } from "./interner.ts";
import { packIds, unpackTimes } from "./pack-ids.ts";
import { packWords } from "./pack-words.ts";

/** The form in which a ruleset is stored and sent. The same ruleset always gives the same text. */
export const encodeRuleset = (ruleset: Ruleset): EncodedRuleset => {
  const targeting = makeTargetingEncoder();
  const experiments = encodeExperiments(ruleset.experiments, targeting);
  return {
    format: 2,
    environment: ruleset.environment,
    enabled: ruleset.enabled,
    generation: ruleset.generation,
    shards: ruleset.shards,
    ...(ruleset.unit_id_salt !== undefined && { unit_id_salt: ruleset.unit_id_salt }),
    keys: ruleset.keys,
    audiences: ruleset.audiences,
    holdouts: ruleset.holdouts,
    targeting: targeting.encoded(),
    experiments,
    flags: ruleset.flags,
    overrides: ruleset.overrides,
    metrics: ruleset.metrics,
  };
};

const encodeExperiments = (
  experiments: readonly RulesetExperiment[],
  targeting: TargetingEncoder,
): EncodedExperiments => {
  const unitTypes = makeInterner<string>();
  const layers = makeInterner<string>();
  const slots = makeInterner<readonly number[]>();
  const splits = makeInterner<EncodedSplit>();
  const metricSets = makeInterner<RulesetExperiment["metrics"]>();
  const slotsOf = (experiment: RulesetExperiment): number => {
    const ends = experiment.slots.flatMap(({ range_start, range_end }) => [range_start, range_end]);
    return slots.numberOf(ends.join(), () => ends);
  };
  slots.numberOf(`0,${BUCKETS - 1}`, () => [0, BUCKETS - 1]);
  const ids = packIds(experiments.map(({ id }) => id));
  const times = unpackTimes(ids, experiments.length);
  const keys = experiments.map(({ key }) => key);

  return {
    count: experiments.length,
    ids,
    keys: packWords(keys),
    salts: joinTexts(experiments.map(({ id, salt }) => (salt === derivedSalt(id) ? "" : salt))),
    types: experiments.map(({ type }) => type.charAt(0)).join(""),
    statuses: experiments.map(({ status }) => status.charAt(0)).join(""),
    unit_type: packNumbers(experiments.map(({ unit_type }) => unitTypes.numberOf(unit_type, () => unit_type))),
    unit_types: unitTypes.items,
    layer: packNumbers(
      experiments.map(({ salt, layer_salt }) =>
        layer_salt === ownLayerSalt(salt) ? 0 : 1 + layers.numberOf(layer_salt, () => layer_salt),
      ),
    ),
    layers: layers.items,
    slot: packNumbers(experiments.map(slotsOf)),
    slots: slots.items,
    rules: packNumbers(experiments.map(({ rules }) => targeting.listOf(rules))),
    split: packNumbers(
      experiments.map((experiment) => {
        const split = splitOf(experiment);
        return splits.numberOf(JSON.stringify(split), () => split);
      }),
    ),
    splits: splits.items,
    variant_ids: joinTexts(
      experiments.map(({ id, variants }) =>
        variants.every((variant, place) => variant.id === derivedVariantId(id, place))
          ? ""
          : JSON.stringify(variants.map((variant) => variant.id)),
      ),
    ),
    payloads: packWords(
      experiments.map(({ variants }) =>
        variants.every(({ config }) => config === null) ? "" : JSON.stringify(variants.map(({ config }) => config)),
      ),
      keys,
    ),
    metric_set: packNumbers(
      experiments.map(({ metrics }) => metricSets.numberOf(JSON.stringify(metrics), () => metrics)),
    ),
    metric_sets: metricSets.items,
    started: packOffsets(
      experiments.map(({ phases }, place) => (phases[0] ? phases[0].started_at - (times[place] ?? 0) : 0)),
    ),
    rare: experiments
      .map((experiment, place) => [place, rareFieldsOf(experiment)] as const)
      .filter(([, fields]) => Object.keys(fields).length > 0),
  };
};

const splitOf = ({ variants }: RulesetExperiment): EncodedSplit => ({
  keys: variants.map(({ key }) => key),
  weights_bp: variants.map(({ weight_bp }) => weight_bp),
  controls: variants.flatMap(({ is_control }, place) => (is_control ? [place] : [])),
});

const rareFieldsOf = (experiment: RulesetExperiment): RareFields => {
  const { url, phases, starts_at, ends_at, prerequisites, is_sticky, is_server_only, switchback_minutes } = experiment;
  const { burn_in_minutes, dimensions, watched, member_type } = experiment;
  return {
    ...(url !== null && { url }),
    ...((phases.length !== 1 || phases[0]?.number !== 1) && { phases }),
    ...(starts_at !== undefined && { starts_at }),
    ...(ends_at !== undefined && { ends_at }),
    ...(prerequisites !== undefined && { prerequisites }),
    ...(is_sticky && { is_sticky }),
    ...(is_server_only && { is_server_only }),
    ...(switchback_minutes !== undefined && { switchback_minutes }),
    ...(burn_in_minutes !== undefined && { burn_in_minutes }),
    ...(dimensions !== undefined && { dimensions }),
    ...(watched !== undefined && { watched }),
    ...(member_type !== undefined && { member_type }),
  };
};
