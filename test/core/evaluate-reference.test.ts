import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignmentText, assignmentsText, flagText } from "../../core/answer.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { evaluateExperiment, evaluateExperiments, evaluateFlag, evaluateFlags } from "../../core/evaluate.ts";
import { anyInput } from "./any-input.ts";
import { anyRuleset, keyOfExperiment, keyOfFlag } from "./any-ruleset.ts";
import { referenceEvaluator } from "./reference-evaluator.ts";

const experimentNames = [...Array.from({ length: 6 }, (_, index) => keyOfExperiment(index)), "id-1", "hasOwnProperty"];
const flagNames = Array.from({ length: 5 }, (_, index) => keyOfFlag(index));

describe("the compiled evaluator", () => {
  it("agrees with one that is written to be read, whatever is in a ruleset", () => {
    fc.assert(
      fc.property(anyRuleset, fc.array(anyInput, { minLength: 1, maxLength: 4 }), (ruleset, inputs) => {
        const compiled = compile(encodeRuleset(ruleset));
        // One after another on the same compiled ruleset: nothing of a request may be left for the next one.
        for (const input of inputs) {
          const reference = referenceEvaluator(ruleset, input);
          expect(evaluateExperiments(compiled, input)).toEqual(reference.experiments());
          expect(Object.entries(evaluateFlags(compiled, input))).toEqual(reference.flags());
          for (const name of experimentNames)
            expect(evaluateExperiment(compiled, name, input)).toEqual(reference.experiment(name));
          for (const key of flagNames) expect(evaluateFlag(compiled, key, input)).toEqual(reference.flag(key));
        }
      }),
      { seed: 41, numRuns: 2_500 },
    );
  }, 60_000);

  it("writes the text that JSON.stringify would", () => {
    fc.assert(
      fc.property(anyRuleset, anyInput, (ruleset, input) => {
        const compiled = compile(encodeRuleset(ruleset));
        expect(assignmentsText(compiled, input)).toBe(JSON.stringify(evaluateExperiments(compiled, input)));
        for (const name of experimentNames)
          expect(assignmentText(compiled, name, input)).toBe(JSON.stringify(evaluateExperiment(compiled, name, input)));
        for (const key of flagNames)
          expect(flagText(compiled, key, input)).toBe(JSON.stringify(evaluateFlag(compiled, key, input)));
      }),
      { seed: 42, numRuns: 500 },
    );
  });
});
