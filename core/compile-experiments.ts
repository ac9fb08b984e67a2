import type { EncodedExperiments, EncodedSplit, RareFields } from "../contract/encoded-ruleset.ts";
import type { JsonValue } from "../contract/json.ts";
import type { RulesetExperiment } from "../contract/ruleset.ts";
import { splitTexts, unpackNumbers } from "./columns.ts";
import { BUCKETS } from "./bucket.ts";
import { STATUSES } from "./decode-ruleset.ts";
import { derivedSalt, derivedVariantId, ownLayerSalt } from "./derived.ts";
import { type HashState, type PackedTexts, packedBucketFrom, pairBucketFrom } from "./hash.ts";
import { ASSIGNED, withVariant } from "./outcome.ts";
import type { Outcomes } from "./outcomes.ts";
import { idColumn } from "./pack-ids.ts";
import { packSalts } from "./pack-salts.ts";
import type { TextColumn } from "./text-column.ts";
import { wordColumn } from "./word-column.ts";
import { cumulativeWeights, variantAt } from "./variant.ts";

/** Experiments in an order of their own. */
export interface ArrangedExperiments {
  readonly places: Int32Array;
  /** Two words of salt each, where all salts are such. */
  readonly salts: Int32Array;
  /** Where the first of two variants ends; {@link NO_CUT} for any other split. */
  readonly cuts: Uint16Array;
}

/** More than any bucket. */
export const NO_CUT = 0xffff;

const NO_SPLIT: EncodedSplit = { keys: [], weights_bp: [], controls: [] };

/** The letter of running ones in the column. */
const RUNNING = 0x72;

/** Whether any of the fields has a say in decisions: phases are for counting, and a page's address is for split-URL tests. */
const isDecisive = ({
  url: _url,
  phases: _phases,
  burn_in_minutes: _burnIn,
  dimensions: _dimensions,
  watched: _watched,
  member_type: _memberType,
  ...fields
}: RareFields): boolean => Object.keys(fields).length > 0;

/** Experiments by place, from 0 in stored order. What belongs to one is cut out of the columns when it is asked for. */
export class CompiledExperiments {
  readonly count: number;
  readonly unitTypes: readonly string[];
  readonly #encoded: EncodedExperiments;
  readonly #unitType: Int32Array;
  readonly #list: Int32Array;
  readonly #layer: Int32Array;
  readonly #slot: Int32Array;
  readonly #split: Int32Array;
  /** Where each variant's share ends, split after split; split `n` from `#splitStarts[n]` on. */
  readonly #splitStarts: Int32Array;
  readonly #splitEnds: Int32Array;
  readonly #packedSalts: PackedTexts;
  /** Whether all salts have two words, those of experiment `n` at `2n`. */
  readonly #areSaltsDerived: boolean;
  readonly #isRare: Uint8Array;
  readonly #isOpen: Uint8Array;
  readonly #rare: ReadonlyMap<number, RareFields>;
  readonly #ids: TextColumn;
  readonly #keys: TextColumn;
  readonly #payloads: TextColumn;
  /** Each made when it is first asked for. */
  readonly #madeIds: (string | undefined)[];
  readonly #madeKeys: (string | undefined)[];
  /** By key or id, those that have been asked for. */
  readonly #places = new Map<string, number>();
  #salts: readonly string[] | undefined;
  #variantIds: readonly string[] | undefined;

  constructor(encoded: EncodedExperiments) {
    const { count } = encoded;
    const column = (numbers: string): Int32Array => unpackNumbers(numbers, new Int32Array(count));
    this.count = count;
    this.unitTypes = encoded.unit_types;
    this.#encoded = encoded;
    this.#unitType = column(encoded.unit_type);
    this.#list = column(encoded.rules);
    this.#layer = column(encoded.layer);
    this.#slot = column(encoded.slot);
    this.#split = column(encoded.split);
    this.#splitStarts = new Int32Array(encoded.splits.length + 1);
    const ends: number[] = [];
    for (const [number, { weights_bp }] of encoded.splits.entries()) {
      ends.push(...cumulativeWeights(weights_bp));
      this.#splitStarts[number + 1] = ends.length;
    }
    this.#splitEnds = Int32Array.from(ends);
    const keys = wordColumn(encoded.keys, count);
    this.#madeIds = Array.from({ length: count });
    this.#madeKeys = Array.from({ length: count });
    this.#ids = idColumn(encoded.ids, count);
    this.#keys = keys;
    this.#payloads = wordColumn(encoded.payloads, count, keys);
    this.#packedSalts = packSalts(encoded);
    this.#areSaltsDerived = this.#packedSalts.bytes.every((bytes) => bytes === 8);
    this.#rare = new Map(encoded.rare);
    this.#isRare = new Uint8Array(count);
    for (const [place, fields] of this.#rare) if (isDecisive(fields)) this.#isRare[place] = 1;
    this.#isOpen = new Uint8Array(count);
    for (let place = 0; place < count; place++)
      if (this.isRunning(place) && this.#isRare[place] === 0 && this.hasWholeLayer(place)) this.#isOpen[place] = 1;
  }

  /** The place of the experiment that has the key, or else the id; −1 when there is none. */
  placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const withKey = this.#keys.placeOf(name);
    const place = withKey >= 0 ? withKey : this.#ids.placeOf(name);
    // Not the name that was asked for, which may be part of a request that is kept with it.
    if (place >= 0) this.#places.set(withKey >= 0 ? this.key(place) : this.id(place), place);
    return place;
  }

  id(place: number): string {
    return (this.#madeIds[place] ??= this.#ids.textAt(place));
  }

  key(place: number): string {
    return (this.#madeKeys[place] ??= this.#keys.textAt(place));
  }

  salt(place: number): string {
    this.#salts ??= splitTexts(this.#encoded.salts, this.count);
    return this.#salts[place] || derivedSalt(this.id(place));
  }

  status(place: number): RulesetExperiment["status"] {
    return STATUSES[this.#encoded.statuses.charAt(place)] ?? "completed";
  }

  isRunning(place: number): boolean {
    return this.#encoded.statuses.charCodeAt(place) === RUNNING;
  }

  isInterleaving(place: number): boolean {
    return this.#encoded.types.charAt(place) === "i";
  }

  /** The place of the experiment's unit type among {@link unitTypes}. */
  unitTypeNumber(place: number): number {
    return this.#unitType[place] ?? 0;
  }

  unitType(place: number): string {
    return this.unitTypes[this.#unitType[place] ?? 0] ?? "";
  }

  /** The list of rules, by number. */
  list(place: number): number {
    return this.#list[place] ?? 0;
  }

  /** Whether the layer is one that several experiments may share. */
  isLayerShared(place: number): boolean {
    return this.#layer[place] !== 0;
  }

  layerSalt(place: number): string {
    return this.#encoded.layers[(this.#layer[place] ?? 0) - 1] ?? ownLayerSalt(this.salt(place));
  }

  /** Whether the slots are the whole layer, so that no bucket needs to be looked at. */
  hasWholeLayer(place: number): boolean {
    return this.#slot[place] === 0;
  }

  /** `[start, end, start, end, …]`, both inclusive. */
  slots(place: number): readonly number[] {
    return this.#encoded.slots[this.#slot[place] ?? 0] ?? [];
  }

  split(place: number): EncodedSplit {
    return this.#encoded.splits[this.#split[place] ?? 0] ?? NO_SPLIT;
  }

  /** The place of the variant whose share the unit falls in; −1 when it is nobody's. */
  variantOf(place: number, unit: HashState): number {
    const { words, first, bytes } = this.#packedSalts;
    if (this.#areSaltsDerived)
      return this.#variantAt(place, pairBucketFrom(unit, words[place * 2] ?? 0, words[place * 2 + 1] ?? 0));
    return this.#variantAt(place, packedBucketFrom(unit, words, first[place] ?? 0, bytes[place] ?? 0));
  }

  /** What {@link assign} reads of the experiments at these places, in their order: then it reads straight ahead. */
  arrange(places: Int32Array): ArrangedExperiments {
    const { words } = this.#packedSalts;
    const arranged = {
      places,
      salts: new Int32Array(this.#areSaltsDerived ? places.length * 2 : 0),
      cuts: new Uint16Array(places.length),
    };
    for (let at = 0; at < places.length; at++) {
      const place = places[at] ?? 0;
      const split = this.#split[place] ?? 0;
      const start = this.#splitStarts[split] ?? 0;
      const isInTwo =
        this.#splitStarts[split + 1] === start + 2 && this.#splitEnds[start + 1] === BUCKETS && this.#areSaltsDerived;
      arranged.cuts[at] = isInTwo ? (this.#splitEnds[start] ?? 0) : NO_CUT;
      if (!this.#areSaltsDerived) continue;
      arranged.salts[at * 2] = words[place * 2] ?? 0;
      arranged.salts[at * 2 + 1] = words[place * 2 + 1] ?? 0;
    }
    return arranged;
  }

  /** Assigns a unit to its variants of many experiments: those arranged from `start` up to `end`. */
  assign(
    { places, salts, cuts }: ArrangedExperiments,
    start: number,
    end: number,
    unit: HashState,
    outcomes: Outcomes,
  ): void {
    for (let at = start; at < end; at++) {
      const place = places[at] ?? 0;
      const cut = cuts[at] ?? 0;
      // Where a bucket is on which side of a cut, a branch would be guessed wrong every other time.
      const variant =
        cut === NO_CUT
          ? this.variantOf(place, unit)
          : (cut - 1 - pairBucketFrom(unit, salts[at * 2] ?? 0, salts[at * 2 + 1] ?? 0)) >>> 31;
      if (variant >= 0) outcomes.set(place, withVariant(ASSIGNED, variant));
    }
  }

  #variantAt(place: number, bucket: number): number {
    const split = this.#split[place] ?? 0;
    return variantAt(this.#splitEnds, bucket, this.#splitStarts[split], this.#splitStarts[split + 1]);
  }

  variantId(place: number, variant: number): string {
    this.#variantIds ??= splitTexts(this.#encoded.variant_ids, this.count);
    const all = this.#variantIds[place] ?? "";
    return (
      (all === "" ? undefined : (JSON.parse(all) as string[])[variant]) ?? derivedVariantId(this.id(place), variant)
    );
  }

  payload(place: number, variant: number): JsonValue {
    const all = this.#payloads.textAt(place);
    return all === "" ? null : ((JSON.parse(all) as JsonValue[])[variant] ?? null);
  }

  /** Whether it runs, has the whole layer and no rare fields: units are left out by its targeting only. */
  isOpen(place: number): boolean {
    return this.#isOpen[place] === 1;
  }

  /** The rare fields, if any of them has a say in decisions. */
  rare(place: number): RareFields | undefined {
    return this.#isRare[place] === 1 ? this.#rare.get(place) : undefined;
  }
}
