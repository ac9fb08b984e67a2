import type { Assignment, DecisionReason, FlagDecision } from "../contract/decision.ts";
import type { Answer } from "./compile-answers.ts";
import type { FlagAnswer } from "./compile-flags.ts";
import type { CompiledRuleset } from "./compile.ts";
import { evaluateAll } from "./evaluate-all.ts";
import { type EvaluateInput, Evaluation } from "./evaluation.ts";
import { teamDraft } from "./interleave.ts";
import { ERROR, carriesVariant } from "./outcome.ts";

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
  const answer = experimentAnswer(compiled, name, input);
  return "assignment" in answer ? answer.assignment : answer;
};

/** The kept answer; or an assignment that is this request's alone. */
export const experimentAnswer = (
  compiled: CompiledRuleset,
  name: string,
  input: EvaluateInput,
): Answer | Assignment => {
  const place = knownPlace(compiled, name, input);
  if (place < 0) return defaultAssignment(name, "unknown_experiment");
  return answerAt(new Evaluation(compiled, input), place);
};

const knownPlace = ({ experiments }: CompiledRuleset, name: string, { isClient }: EvaluateInput): number => {
  const place = experiments.placeOf(name);
  return isClient === true && experiments.rare(place)?.is_server_only ? -1 : place;
};

const answerAt = (evaluation: Evaluation, place: number): Answer | Assignment => {
  const { answers } = evaluation.compiled;
  try {
    const outcome = evaluation.experiment(place);
    const answer = answers.answer(place, outcome);
    if (evaluation.input.rankings === undefined || !carriesVariant(outcome)) return answer;
    return interleaved(evaluation, place, answer) ?? answer;
  } catch {
    return answers.answer(place, ERROR);
  }
};

/** The assignment with the unit's merged list, where the request brought lists for an interleaving experiment. */
const interleaved = (evaluation: Evaluation, place: number, { assignment }: Answer): Assignment | undefined => {
  const { experiments } = evaluation.compiled;
  const { rankings } = evaluation.input;
  const key = assignment.experiment_key;
  if (rankings === undefined || !experiments.isInterleaving(place) || !Object.hasOwn(rankings, key)) return undefined;
  const lists = rankings[key] ?? {};
  const [one = "", other = ""] = experiments.split(place).keys;
  const rankingOf = (variant: string) => ({
    variant_key: variant,
    items: Object.hasOwn(lists, variant) ? (lists[variant] ?? []) : [],
  });
  const unit = evaluation.experimentUnit(place) ?? "";
  return { ...assignment, interleaved: teamDraft(unit, experiments.salt(place), rankingOf(one), rankingOf(other)) };
};

/** Each experiment that the unit gets a variant of, in stored order. */
export const evaluateExperiments = (compiled: CompiledRuleset, input: EvaluateInput): Assignment[] => {
  const found: Assignment[] = [];
  collectAnswers(compiled, input, (answer) => {
    found.push("assignment" in answer ? answer.assignment : answer);
  });
  return found;
};

/** Gives the answers that {@link evaluateExperiments} lists, one after another. */
export const collectAnswers = (
  compiled: CompiledRuleset,
  input: EvaluateInput,
  collect: (answer: Answer | Assignment) => void,
): void => {
  const evaluation = new Evaluation(compiled, input);
  const { answers } = compiled;
  const count = evaluateAll(evaluation);
  const { outcomes } = compiled.index;
  for (let index = 0; index < count; index++) {
    const place = outcomes.places[index] ?? 0;
    const answer = answers.answer(place, outcomes.at(place));
    collect(input.rankings === undefined ? answer : (interleaved(evaluation, place, answer) ?? answer));
  }
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
