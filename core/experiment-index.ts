import type { EncodedTargeting } from "../contract/encoded-ruleset.ts";
import type { ArrangedExperiments, CompiledExperiments } from "./compile-experiments.ts";
import type { CompiledTargeting } from "./compile-targeting.ts";
import { type Lists, listsOf } from "./lists.ts";
import { type MatchingLists, indexLists } from "./matching-lists.ts";
import { Outcomes } from "./outcomes.ts";
import { slotLookup } from "./layer.ts";

/** A layer of which a bucket has to be looked at, for units of one type. */
export interface IndexedLayer {
  readonly salt: string;
  readonly unitType: string;
  /** The place of the experiment that owns a bucket, if anyone does. */
  readonly ownerOf: (bucket: number) => number | undefined;
}

/** The running experiments by what has to be found out of a unit first: the lists of rules that match it. */
export interface ExperimentIndex {
  readonly matching: MatchingLists;
  /** By list: places of those that have a whole layer to themselves, so that nothing but the variant is left to decide. */
  readonly whole: Lists;
  /** What is read of the members of `whole`, in their order. */
  readonly arranged: ArrangedExperiments;
  /** By list: places of those with rare fields, which are decided one by one. */
  readonly rare: Lists;
  /** By list: numbers of the layers in which experiments of the list have slots. Layers come once in each. */
  readonly layersOf: Lists;
  readonly layers: readonly IndexedLayer[];
  /** Which request last looked at each layer, by generation. */
  readonly lastSeen: Uint32Array;
  readonly outcomes: Outcomes;
}

export const indexExperiments = (
  encoded: EncodedTargeting,
  experiments: CompiledExperiments,
  targeting: CompiledTargeting,
): ExperimentIndex => {
  const { count } = experiments;
  const listCount = encoded.list_count;
  const live = new Uint8Array(listCount);
  const isRare = new Uint8Array(count);
  const isWhole = new Uint8Array(count);
  const inLayer: number[] = [];
  for (let place = 0; place < count; place++) {
    if (!experiments.isRunning(place)) continue;
    live[experiments.list(place)] = 1;
    if (experiments.rare(place)) isRare[place] = 1;
    else if (experiments.hasWholeLayer(place) && !experiments.isLayerShared(place)) isWhole[place] = 1;
    else inLayer.push(place);
  }

  const members = [
    ...Map.groupBy(inLayer, (place) => `${experiments.unitTypeNumber(place)}:${experiments.layerSalt(place)}`).values(),
  ];
  const listAndLayer = members.flatMap((places, layer) =>
    [...new Set(places.map((place) => experiments.list(place)))].map((each) => [each, layer] as const),
  );
  const layersOf = listsOf(listCount, listAndLayer.length, (pair) => listAndLayer[pair]?.[0] ?? -1);
  for (const [at, pair] of layersOf.members.entries()) layersOf.members[at] = listAndLayer[pair]?.[1] ?? 0;

  const whole = listsOf(listCount, count, (place) => (isWhole[place] === 1 ? experiments.list(place) : -1));
  return {
    matching: indexLists(encoded, targeting, live),
    whole,
    arranged: experiments.arrange(whole.members),
    rare: listsOf(listCount, count, (place) => (isRare[place] === 1 ? experiments.list(place) : -1)),
    layersOf,
    lastSeen: new Uint32Array(members.length),
    outcomes: new Outcomes(count),
    layers: members.map((places) => ({
      salt: experiments.layerSalt(places[0] ?? 0),
      unitType: experiments.unitType(places[0] ?? 0),
      ownerOf: slotLookup(places.flatMap((place) => slotsOf(experiments, place))),
    })),
  };
};

const slotsOf = (experiments: CompiledExperiments, place: number) => {
  const ends = experiments.slots(place);
  return ends.flatMap((range_end, index) =>
    index % 2 === 1 ? [{ range_start: ends[index - 1] ?? 0, range_end, owner: place }] : [],
  );
};
