import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { JsonValue } from "../contract/json.ts";
import type { Ruleset, RulesetExperiment, RulesetMetric } from "../contract/ruleset.ts";
import { splitTexts, unpackNumbers, unpackOffsets } from "./columns.ts";
import { decodeTargeting } from "./decode-targeting.ts";
import { idColumn, unpackTimes } from "./pack-ids.ts";
import { wordColumn } from "./word-column.ts";
import { derivedSalt, derivedVariantId, ownLayerSalt } from "./derived.ts";

/** The ruleset that was encoded, for those who read all of it: counting, tests, tools. To decide, `compile` the encoded one. */
export const decodeRuleset = (encoded: EncodedRuleset): Ruleset => ({
  environment: encoded.environment,
  enabled: encoded.enabled,
  generation: encoded.generation,
  shards: encoded.shards,
  ...(encoded.unit_id_salt !== undefined && { unit_id_salt: encoded.unit_id_salt }),
  keys: [...encoded.keys],
  audiences: [...encoded.audiences],
  holdouts: [...encoded.holdouts],
  experiments: decodeExperiments(encoded),
  flags: [...encoded.flags],
  overrides: [...encoded.overrides],
  metrics: encoded.metrics.flatMap(metricOf),
});

/** Of the metrics that a ruleset had before they had sides, those that were counted then. */
const metricOf = (metric: EncodedRuleset["metrics"][number]): RulesetMetric[] => {
  if ("numerator" in metric) return [metric];
  const { id, key, type, event, value, cap, window_hours } = metric;
  if (event === null || (type !== "conversion" && type !== "sum")) return [];
  return [
    {
      id,
      key,
      type,
      numerator: { event, value: type === "sum" ? value : null, filters: [] },
      denominator: null,
      cap,
      cap_percentile: null,
      window_hours,
      quantile: null,
      retention_days: null,
    },
  ];
};

const TYPES: Readonly<Record<string, RulesetExperiment["type"]>> = { a: "ab", s: "split_url", i: "interleaving" };
/** By their letter in the column. */
export const STATUSES: Readonly<Record<string, RulesetExperiment["status"]>> = {
  r: "running",
  p: "paused",
  c: "completed",
};

const decodeExperiments = ({ experiments, targeting }: EncodedRuleset): RulesetExperiment[] => {
  const { count } = experiments;
  const column = (numbers: string): Float64Array => unpackNumbers(numbers, new Float64Array(count));
  const idTexts = idColumn(experiments.ids, count);
  const keys = wordColumn(experiments.keys, count);
  const payloads = wordColumn(experiments.payloads, count, keys);
  const salts = splitTexts(experiments.salts, count);
  const variantIds = splitTexts(experiments.variant_ids, count);
  const [unitType, layer, slot] = [column(experiments.unit_type), column(experiments.layer), column(experiments.slot)];
  const [rules, split] = [column(experiments.rules), column(experiments.split)];
  const metricSet = column(experiments.metric_set);
  const times = unpackTimes(experiments.ids, count);
  const started = unpackOffsets(experiments.started, count);
  const rare = new Map(experiments.rare);
  const { rulesOf } = decodeTargeting(targeting);

  return Array.from({ length: count }, (_, place): RulesetExperiment => {
    const id = idTexts.textAt(place);
    const salt = salts[place] || derivedSalt(id);
    const { url = null, phases, ...others } = rare.get(place) ?? {};
    const { keys: variantKeys = [], weights_bp = [], controls = [] } = experiments.splits[split[place] ?? 0] ?? {};
    const ids = jsonArray(variantIds[place]) as readonly string[] | undefined;
    const configs = jsonArray(payloads.textAt(place)) as readonly JsonValue[] | undefined;
    const ends = experiments.slots[slot[place] ?? 0] ?? [];
    return {
      id,
      key: keys.textAt(place),
      type: TYPES[experiments.types.charAt(place)] ?? "ab",
      status: STATUSES[experiments.statuses.charAt(place)] ?? "completed",
      salt,
      unit_type: experiments.unit_types[unitType[place] ?? 0] ?? "",
      layer_salt: experiments.layers[(layer[place] ?? 0) - 1] ?? ownLayerSalt(salt),
      slots: ends.flatMap((end, index) =>
        index % 2 === 1 ? [{ range_start: ends[index - 1] ?? 0, range_end: end }] : [],
      ),
      url,
      variants: variantKeys.map((key, index) => ({
        id: ids?.[index] ?? derivedVariantId(id, index),
        key,
        weight_bp: weights_bp[index] ?? 0,
        is_control: controls.includes(index),
        config: configs?.[index] ?? null,
      })),
      rules: rulesOf(rules[place] ?? 0),
      phases: phases ?? [{ number: 1, started_at: (times[place] ?? 0) + (started[place] ?? 0) }],
      metrics: experiments.metric_sets[metricSet[place] ?? 0] ?? [],
      ...others,
    };
  });
};

const jsonArray = (text: string | undefined): readonly unknown[] | undefined =>
  text ? (JSON.parse(text) as unknown[]) : undefined;
