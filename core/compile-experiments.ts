import type { EncodedExperiments, EncodedSplit, RareFields } from "../contract/encoded-ruleset.ts";
import type { JsonValue } from "../contract/json.ts";
import { splitTexts, unpackNumbers } from "./columns.ts";
import { derivedSalt, derivedVariantId, ownLayerSalt } from "./derived.ts";
import { cumulativeWeights } from "./variant.ts";

/** A split with the ends of its variants' shares, see `core/variant.ts`. */
export interface CompiledSplit extends EncodedSplit {
  readonly ends: readonly number[];
}

/** Experiments by place, from 0 in stored order. Texts are cut out when they are asked for. */
export interface CompiledExperiments {
  readonly count: number;
  /** The place of the experiment that has the key, or else the id; −1 when there is none. */
  readonly placeOf: (name: string) => number;
  readonly id: (place: number) => string;
  readonly key: (place: number) => string;
  readonly salt: (place: number) => string;
  readonly isRunning: (place: number) => boolean;
  readonly isInterleaving: (place: number) => boolean;
  readonly unitType: (place: number) => string;
  readonly layerSalt: (place: number) => string;
  /** `[start, end, start, end, …]`, both inclusive. */
  readonly slots: (place: number) => readonly number[];
  /** The list of rules, by number. */
  readonly list: (place: number) => number;
  readonly split: (place: number) => CompiledSplit;
  readonly variantId: (place: number, variant: number) => string;
  readonly payload: (place: number, variant: number) => JsonValue;
  readonly rare: (place: number) => RareFields | undefined;
}

export const compileExperiments = (encoded: EncodedExperiments): CompiledExperiments => {
  const { count } = encoded;
  const column = (numbers: string): Int32Array => unpackNumbers(numbers, new Int32Array(count));
  const [unitType, layer, slot] = [column(encoded.unit_type), column(encoded.layer), column(encoded.slot)];
  const [rules, split] = [column(encoded.rules), column(encoded.split)];
  const splits = encoded.splits.map((each) => ({ ...each, ends: cumulativeWeights(each.weights_bp) }));
  const rare = new Map(encoded.rare);
  const id = lazyTexts(encoded.ids, count);
  const key = lazyTexts(encoded.keys, count);
  const ownSalt = lazyTexts(encoded.salts, count);
  const variantIds = lazyTexts(encoded.variant_ids, count);
  const payloads = lazyTexts(encoded.payloads, count);
  const salt = (place: number): string => ownSalt(place) || derivedSalt(id(place));
  const byKey = lazyPlaces(encoded.keys, count);
  const byId = lazyPlaces(encoded.ids, count);
  const noSplit: CompiledSplit = { keys: [], weights_bp: [], controls: [], ends: [] };

  return {
    count,
    placeOf: (name) => byKey(name) ?? byId(name) ?? -1,
    id,
    key,
    salt,
    isRunning: (place) => encoded.statuses.charAt(place) === "r",
    isInterleaving: (place) => encoded.types.charAt(place) === "i",
    unitType: (place) => encoded.unit_types[unitType[place] ?? 0] ?? "",
    layerSalt: (place) => encoded.layers[(layer[place] ?? 0) - 1] ?? ownLayerSalt(salt(place)),
    slots: (place) => encoded.slots[slot[place] ?? 0] ?? [],
    list: (place) => rules[place] ?? 0,
    split: (place) => splits[split[place] ?? 0] ?? noSplit,
    variantId: (place, variant) => {
      const ids = variantIds(place);
      return (ids === "" ? undefined : (JSON.parse(ids) as string[])[variant]) ?? derivedVariantId(id(place), variant);
    },
    payload: (place, variant) => {
      const configs = payloads(place);
      return configs === "" ? null : ((JSON.parse(configs) as JsonValue[])[variant] ?? null);
    },
    rare: (place) => rare.get(place),
  };
};

const lazyTexts = (packed: EncodedExperiments["keys"], count: number): ((place: number) => string) => {
  if (packed === "") return () => "";
  let texts: readonly string[] | undefined;
  return (place) => (texts ??= splitTexts(packed, count))[place] ?? "";
};

const lazyPlaces = (packed: EncodedExperiments["keys"], count: number): ((name: string) => number | undefined) => {
  let places: ReadonlyMap<string, number> | undefined;
  return (name) =>
    (places ??= new Map(splitTexts(packed, count).map((text, place) => [text, place] as const))).get(name);
};
