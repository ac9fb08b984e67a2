import type { EncodedExperiments, EncodedSplit, RareFields, Texts } from "../contract/encoded-ruleset.ts";
import type { JsonValue } from "../contract/json.ts";
import type { RulesetExperiment } from "../contract/ruleset.ts";
import { splitTexts, unpackNumbers } from "./columns.ts";
import { STATUSES } from "./decode-ruleset.ts";
import { derivedSalt, derivedVariantId, ownLayerSalt } from "./derived.ts";
import { type HashState, packedBucketFrom } from "./hash.ts";
import { packSalts } from "./pack-salts.ts";

/** Experiments by place, from 0 in stored order. Texts are cut out when they are asked for. */
export interface CompiledExperiments {
  readonly count: number;
  readonly unitTypes: readonly string[];
  /** The place of the experiment's unit type among {@link unitTypes}. */
  readonly unitTypeNumber: (place: number) => number;
  readonly unitType: (place: number) => string;
  /** The list of rules, by number. */
  readonly list: (place: number) => number;
  readonly status: (place: number) => RulesetExperiment["status"];
  readonly isRunning: (place: number) => boolean;
  /** The place of the experiment that has the key, or else the id; −1 when there is none. */
  readonly placeOf: (name: string) => number;
  readonly id: (place: number) => string;
  readonly key: (place: number) => string;
  readonly salt: (place: number) => string;
  readonly isInterleaving: (place: number) => boolean;
  /** Whether the layer is one that several experiments may share. */
  readonly isLayerShared: (place: number) => boolean;
  readonly layerSalt: (place: number) => string;
  /** Whether the slots are the whole layer, so that no bucket needs to be looked at. */
  readonly hasWholeLayer: (place: number) => boolean;
  /** `[start, end, start, end, …]`, both inclusive. */
  readonly slots: (place: number) => readonly number[];
  readonly split: (place: number) => EncodedSplit;
  /** The place of the variant whose share the unit falls in, see `core/variant.ts`; −1 when it is nobody's. */
  readonly variantOf: (place: number, unit: HashState) => number;
  readonly variantId: (place: number, variant: number) => string;
  readonly payload: (place: number, variant: number) => JsonValue;
  readonly rare: (place: number) => RareFields | undefined;
}

const NO_SPLIT: EncodedSplit = { keys: [], weights_bp: [], controls: [] };

export const compileExperiments = (encoded: EncodedExperiments): CompiledExperiments => {
  const { count } = encoded;
  const column = (numbers: string): Int32Array => unpackNumbers(numbers, new Int32Array(count));
  const [unitType, list, layer] = [column(encoded.unit_type), column(encoded.rules), column(encoded.layer)];
  const [slot, split] = [column(encoded.slot), column(encoded.split)];
  const { starts: splitStarts, ends: splitEnds } = endsOf(encoded.splits);
  const { words, first, bytes } = packSalts(encoded);
  const rare = new Map(encoded.rare);
  const isRare = new Uint8Array(count);
  for (const [place] of encoded.rare) isRare[place] = 1;
  const ids = lazyTexts(encoded.ids, count);
  const keys = lazyTexts(encoded.keys, count);
  const ownSalts = lazyTexts(encoded.salts, count);
  const variantIds = lazyTexts(encoded.variant_ids, count);
  const payloads = lazyTexts(encoded.payloads, count);
  const byKey = lazyPlaces(keys);
  const byId = lazyPlaces(ids);
  const id = (place: number): string => ids()[place] ?? "";
  const salt = (place: number): string => ownSalts()[place] || derivedSalt(id(place));

  return {
    count,
    unitTypes: encoded.unit_types,
    unitTypeNumber: (place) => unitType[place] ?? 0,
    unitType: (place) => encoded.unit_types[unitType[place] ?? 0] ?? "",
    list: (place) => list[place] ?? 0,
    status: (place) => STATUSES[encoded.statuses.charAt(place)] ?? "completed",
    isRunning: (place) => encoded.statuses.charCodeAt(place) === RUNNING,
    placeOf: (name) => byKey().get(name) ?? byId().get(name) ?? -1,
    id,
    key: (place) => keys()[place] ?? "",
    salt,
    isInterleaving: (place) => encoded.types.charAt(place) === "i",
    isLayerShared: (place) => layer[place] !== 0,
    layerSalt: (place) => encoded.layers[(layer[place] ?? 0) - 1] ?? ownLayerSalt(salt(place)),
    hasWholeLayer: (place) => slot[place] === 0,
    slots: (place) => encoded.slots[slot[place] ?? 0] ?? [],
    split: (place) => encoded.splits[split[place] ?? 0] ?? NO_SPLIT,
    variantOf: (place, unit) => {
      const bucket = packedBucketFrom(unit, words, first[place] ?? 0, bytes[place] ?? 0);
      const number = split[place] ?? 0;
      const start = splitStarts[number] ?? 0;
      const end = splitStarts[number + 1] ?? 0;
      for (let at = start; at < end; at++) if (bucket < (splitEnds[at] ?? 0)) return at - start;
      return -1;
    },
    variantId: (place, variant) => {
      const all = variantIds()[place] ?? "";
      return (all === "" ? undefined : (JSON.parse(all) as string[])[variant]) ?? derivedVariantId(id(place), variant);
    },
    payload: (place, variant) => {
      const all = payloads()[place] ?? "";
      return all === "" ? null : ((JSON.parse(all) as JsonValue[])[variant] ?? null);
    },
    rare: (place) => (isRare[place] === 1 ? rare.get(place) : undefined),
  };
};

/** The letter of running ones in the column. */
const RUNNING = 0x72;

/** Where each variant's share ends, split after split; split `n` from `starts[n]` on. */
const endsOf = (splits: readonly EncodedSplit[]): { readonly starts: Int32Array; readonly ends: Int32Array } => {
  const starts = new Int32Array(splits.length + 1);
  const ends: number[] = [];
  for (const [number, { weights_bp }] of splits.entries()) {
    let end = 0;
    for (const weight of weights_bp) ends.push((end += weight));
    starts[number + 1] = ends.length;
  }
  return { starts, ends: Int32Array.from(ends) };
};

const lazyTexts = (packed: Texts, count: number): (() => readonly string[]) => {
  let texts: readonly string[] | undefined;
  return packed === "" ? () => [] : () => (texts ??= splitTexts(packed, count));
};

const lazyPlaces = (texts: () => readonly string[]): (() => ReadonlyMap<string, number>) => {
  let places: Map<string, number> | undefined;
  return () => {
    if (!places) {
      places = new Map();
      for (const [place, text] of texts().entries()) places.set(text, place);
    }
    return places;
  };
};
