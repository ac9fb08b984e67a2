import type { Assignment, DecisionReason, FlagDecision } from "../contract/decision.ts";
import type { FlagAnswer } from "./compile-flags.ts";
import type { CompiledRuleset } from "./compile.ts";
import { evaluateAll, outcomeAt } from "./evaluate-all.ts";
import { type EvaluateInput, Evaluation } from "./evaluation.ts";
import { teamDraft } from "./interleave.ts";
import { type Outcome, carriesVariant } from "./outcome.ts";

export type { EvaluateInput } from "./evaluation.ts";

/** The answer that changes nothing for the visitor, for an experiment of which nothing but a name is known. */
export const defaultAssignment = (name: string, reason: DecisionReason): Assignment => ({
  experiment_key: name,
  experiment_id: null,
  variant_key: null,
  variant_id: null,
  payload: null,
  reason,
});

/** The decision on a flag of which nothing is known but that it cannot be decided. */
export const defaultFlagDecision = (reason: "unknown_flag" | "error"): FlagDecision => ({
  value: null,
  variant: null,
  reason,
});

/**
 * What a unit gets of one experiment, by its key or id, and why. Never throws: an experiment that cannot be evaluated answers
 * `error`. Answers are shared between requests: never to be changed.
 */
export const evaluateExperiment = (compiled: CompiledRuleset, name: string, input: EvaluateInput): Assignment => {
  const open = input.rankings === undefined ? compiled.openExperiment(name)?.assignment(input) : undefined;
  if (open !== undefined) return open;
  const place = knownPlace(compiled, name, input);
  if (place < 0) return defaultAssignment(name, "unknown_experiment");
  const evaluation = new Evaluation(compiled, input);
  const outcome = outcomeAt(evaluation, place);
  return interleaved(evaluation, place, outcome) ?? compiled.answers.assignment(place, outcome);
};

/** `JSON.stringify` of what {@link evaluateExperiment} gives. */
export const experimentText = (compiled: CompiledRuleset, name: string, input: EvaluateInput): string => {
  const open = input.rankings === undefined ? compiled.openExperiment(name)?.text(input) : undefined;
  if (open !== undefined) return open;
  const place = knownPlace(compiled, name, input);
  if (place < 0) return JSON.stringify(defaultAssignment(name, "unknown_experiment"));
  const evaluation = new Evaluation(compiled, input);
  const outcome = outcomeAt(evaluation, place);
  const own = interleaved(evaluation, place, outcome);
  return own ? JSON.stringify(own) : compiled.answers.text(place, outcome);
};

const knownPlace = ({ experiments }: CompiledRuleset, name: string, { isClient }: EvaluateInput): number => {
  const place = experiments.placeOf(name);
  return isClient === true && experiments.rare(place)?.is_server_only ? -1 : place;
};

/** The assignment with the unit's merged list, where the request brought lists for an interleaving experiment. */
const interleaved = (evaluation: Evaluation, place: number, outcome: Outcome): Assignment | undefined => {
  const { answers, experiments } = evaluation.compiled;
  const { rankings } = evaluation.input;
  if (rankings === undefined || !carriesVariant(outcome) || !experiments.isInterleaving(place)) return undefined;
  const key = experiments.key(place);
  if (!Object.hasOwn(rankings, key)) return undefined;
  const lists = rankings[key] ?? {};
  const [one = "", other = ""] = experiments.split(place).keys;
  const rankingOf = (variant: string) => ({
    variant_key: variant,
    items: Object.hasOwn(lists, variant) ? (lists[variant] ?? []) : [],
  });
  const unit = evaluation.experimentUnit(place) ?? "";
  return {
    ...answers.assignment(place, outcome),
    interleaved: teamDraft(unit, experiments.salt(place), rankingOf(one), rankingOf(other)),
  };
};

/** Each experiment that the unit gets a variant of, in stored order. */
export const evaluateExperiments = (compiled: CompiledRuleset, input: EvaluateInput): Assignment[] => {
  const evaluation = new Evaluation(compiled, input);
  const { answers, index } = compiled;
  const { places, outcomes } = index.outcomes;
  const count = evaluateAll(evaluation);
  const found: Assignment[] = [];
  found.length = count;
  for (let at = 0; at < count; at++) {
    const place = places[at] ?? 0;
    found[at] = answers.assignment(place, outcomes[place] ?? 0);
  }
  if (input.rankings !== undefined)
    for (let at = 0; at < count; at++) {
      const place = places[at] ?? 0;
      const own = interleaved(evaluation, place, outcomes[place] ?? 0);
      if (own) found[at] = own;
    }
  return found;
};

/** `JSON.stringify` of what {@link evaluateExperiments} gives, made of pieces that were encoded when they were first given. */
export const experimentsText = (compiled: CompiledRuleset, input: EvaluateInput): string => {
  if (input.rankings !== undefined) return JSON.stringify(evaluateExperiments(compiled, input));
  const { answers, index } = compiled;
  const { places, outcomes } = index.outcomes;
  const count = evaluateAll(new Evaluation(compiled, input));
  let text = "[";
  for (let at = 0; at < count; at++) {
    const place = places[at] ?? 0;
    if (at > 0) text += ",";
    text += answers.text(place, outcomes[place] ?? 0);
  }
  return `${text}]`;
};

/** The value of a flag and why. Never throws. Decisions are shared between requests: never to be changed. */
export const evaluateFlag = (compiled: CompiledRuleset, key: string, input: EvaluateInput): FlagDecision =>
  flagAnswer(new Evaluation(compiled, input), key).decision;

export const flagAnswer = (evaluation: Evaluation, key: string): FlagAnswer => {
  const { compiled, input } = evaluation;
  const flag = compiled.flag(key);
  if (!flag || (input.isClient === true && flag.is_server_only)) return UNKNOWN_FLAG;
  try {
    const compiledFlag = compiled.compiledFlag(key);
    return compiledFlag ? evaluation.flag(compiledFlag) : UNKNOWN_FLAG;
  } catch {
    return BROKEN_FLAG;
  }
};

const UNKNOWN_FLAG: FlagAnswer = { decision: defaultFlagDecision("unknown_flag") };
const BROKEN_FLAG: FlagAnswer = { decision: defaultFlagDecision("error") };

/** All flags of the environment that the caller may know. */
export const evaluateFlags = (compiled: CompiledRuleset, input: EvaluateInput): Record<string, FlagDecision> => {
  const evaluation = new Evaluation(compiled, input);
  return Object.fromEntries(
    compiled.flagKeys
      .filter((key) => input.isClient !== true || !compiled.flag(key)?.is_server_only)
      .map((key) => [key, flagAnswer(evaluation, key).decision]),
  );
};
