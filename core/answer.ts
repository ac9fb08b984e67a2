import type { CompiledRuleset } from "./compile.ts";
import { type EvaluateInput, flagAnswer } from "./evaluate.ts";

export { experimentText as assignmentText, experimentsText as assignmentsText } from "./evaluate.ts";
import { Evaluation } from "./evaluation.ts";

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
