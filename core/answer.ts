import type { CompiledRuleset } from "./compile.ts";
import { type EvaluateInput, experimentAnswer, experimentAnswers, flagAnswer } from "./evaluate.ts";
import { Evaluation } from "./evaluation.ts";

const textOf = (answer: ReturnType<typeof experimentAnswer>): string =>
  "assignment" in answer ? answer.text : JSON.stringify(answer);

/** `JSON.stringify` of what `evaluateExperiments` gives, made of pieces that were encoded when they were first given. */
export const assignmentsText = (compiled: CompiledRuleset, input: EvaluateInput): string =>
  `[${experimentAnswers(compiled, input).map(textOf).join()}]`;

/** `JSON.stringify` of what `evaluateExperiment` gives. */
export const assignmentText = (compiled: CompiledRuleset, name: string, input: EvaluateInput): string =>
  textOf(experimentAnswer(compiled, name, input));

/** `JSON.stringify` of what `evaluateFlag` gives. */
export const flagText = (compiled: CompiledRuleset, key: string, input: EvaluateInput): string => {
  const answer = flagAnswer(new Evaluation(compiled, input), key);
  return (answer.text ??= JSON.stringify(answer.decision));
};
