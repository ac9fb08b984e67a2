import type { CompiledRuleset } from "./compile.ts";
import { type EvaluateInput, collectAnswers, experimentAnswer, flagAnswer } from "./evaluate.ts";
import { Evaluation } from "./evaluation.ts";

const textOf = ({ answers }: CompiledRuleset, answer: ReturnType<typeof experimentAnswer>): string =>
  "assignment" in answer ? (answer.text ?? answers.textOf(answer)) : JSON.stringify(answer);

/** `JSON.stringify` of what `evaluateExperiments` gives, made of pieces that were encoded when they were first given. */
export const assignmentsText = (compiled: CompiledRuleset, input: EvaluateInput): string => {
  let text = "";
  collectAnswers(compiled, input, (answer) => {
    text += (text === "" ? "[" : ",") + textOf(compiled, answer);
  });
  return text === "" ? "[]" : `${text}]`;
};

/** `JSON.stringify` of what `evaluateExperiment` gives. */
export const assignmentText = (compiled: CompiledRuleset, name: string, input: EvaluateInput): string =>
  textOf(compiled, experimentAnswer(compiled, name, input));

/** `JSON.stringify` of what `evaluateFlag` gives. */
export const flagText = (compiled: CompiledRuleset, key: string, input: EvaluateInput): string => {
  const answer = flagAnswer(new Evaluation(compiled, input), key);
  return (answer.text ??= JSON.stringify(answer.decision));
};

/** `JSON.stringify` of an object with what `evaluateFlag` gives for each of the keys, which are all different. */
export const flagsText = (compiled: CompiledRuleset, keys: Iterable<string>, input: EvaluateInput): string => {
  const evaluation = new Evaluation(compiled, input);
  const texts: string[] = [];
  for (const key of keys) {
    const answer = flagAnswer(evaluation, key);
    texts.push(`${JSON.stringify(key)}:${(answer.text ??= JSON.stringify(answer.decision))}`);
  }
  return `{${texts.join()}}`;
};
