import { bucketOf, stateOf } from "./bucket.ts";
import type { Evaluation } from "./evaluation.ts";
import type { HashState } from "./hash.ts";
import { ASSIGNED, ERROR, type Outcome, carriesVariant, withVariant } from "./outcome.ts";

/**
 * Finds each experiment that the request's units get a variant of, with the same outcome as deciding it alone. Their places
 * are in `outcomes.places` then, in stored order, up to the number that is given back. It costs as much as there are matches, however many experiments there are: what cannot match is never looked at.
 */
export const evaluateAll = (evaluation: Evaluation): number => {
  const { compiled } = evaluation;
  if (!compiled.enabled) return 0;
  const { outcomes } = compiled.index;
  try {
    if (!evaluation.held().some(({ covers }) => covers === null)) {
      decideMatching(evaluation);
      removeHeld(evaluation);
    }
    applyOverrides(evaluation);
  } catch {
    // Whatever could not be found out of this request, the next one must not get what was found of it.
    outcomes.clear();
  }
  return outcomes.drain();
};

const decideMatching = (evaluation: Evaluation): void => {
  const { compiled, input } = evaluation;
  const { experiments, index } = compiled;
  const { matching, whole, arranged, rare, layersOf, lastSeen, layers, outcomes } = index;
  const generation = evaluation.generation();
  const matches = matching.find(input, generation);
  if (generation === 1) lastSeen.fill(0);

  let unitType = -1;
  let unit: HashState | undefined;
  for (let match = 0; match < matches; match++) {
    const list = matching.numbers[match] ?? 0;
    const end = whole.starts[list + 1] ?? 0;
    for (let at = whole.starts[list] ?? 0; at < end;) {
      const type = experiments.unitTypeNumber(whole.members[at] ?? 0);
      if (type !== unitType) {
        unitType = type;
        const name = evaluation.unit(experiments.unitTypes[type] ?? "");
        unit = name === undefined ? undefined : stateOf(name);
      }
      const start = at++;
      while (at < end && experiments.unitTypeNumber(whole.members[at] ?? 0) === type) at++;
      if (unit !== undefined) experiments.assign(arranged, start, at, unit, outcomes);
    }
  }

  for (let match = 0; layers.length > 0 && match < matches; match++) {
    const list = matching.numbers[match] ?? 0;
    const end = layersOf.starts[list + 1] ?? 0;
    for (let at = layersOf.starts[list] ?? 0; at < end; at++) {
      const number = layersOf.members[at] ?? 0;
      const layer = layers[number];
      if (layer === undefined || lastSeen[number] === generation) continue;
      lastSeen[number] = generation;
      const name = evaluation.unit(layer.unitType);
      if (name === undefined) continue;
      const owner = layer.ownerOf(bucketOf(name, layer.salt));
      if (owner === undefined || !matching.isFound(experiments.list(owner), generation)) continue;
      const variant = experiments.variantOf(owner, stateOf(name));
      if (variant >= 0) outcomes.set(owner, withVariant(ASSIGNED, variant));
    }
  }

  for (let match = 0; rare.members.length > 0 && match < matches; match++) {
    const list = matching.numbers[match] ?? 0;
    const end = rare.starts[list + 1] ?? 0;
    for (let at = rare.starts[list] ?? 0; at < end; at++) decideOne(evaluation, rare.members[at] ?? 0);
  }
};

/** Decides one experiment as if it were asked for alone. */
const decideOne = (evaluation: Evaluation, place: number): void => {
  const { experiments, index } = evaluation.compiled;
  if (evaluation.input.isClient === true && experiments.rare(place)?.is_server_only) return;
  const outcome = outcomeAt(evaluation, place);
  if (carriesVariant(outcome)) index.outcomes.set(place, outcome);
  else index.outcomes.remove(place);
};

/** The decision on one experiment; `error` where it cannot be made. */
export const outcomeAt = (evaluation: Evaluation, place: number): Outcome => {
  try {
    return evaluation.experiment(place);
  } catch {
    return ERROR;
  }
};

const removeHeld = (evaluation: Evaluation): void => {
  const { experiments, index } = evaluation.compiled;
  for (const { covers } of evaluation.held())
    for (const key of covers?.experiments ?? []) {
      const place = experiments.placeOf(key);
      if (place >= 0) index.outcomes.remove(place);
    }
};

const applyOverrides = (evaluation: Evaluation): void => {
  const { experiments, overrides } = evaluation.compiled;
  if (overrides.experiments.size === 0) return;
  for (const { experiment } of evaluation.overrides()) {
    const place = experiment === undefined ? -1 : experiments.placeOf(experiment);
    if (place >= 0) decideOne(evaluation, place);
  }
};
