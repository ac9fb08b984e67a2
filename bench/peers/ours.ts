import type { Assignment } from "../../contract/decision.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { assignmentsText } from "../../core/answer.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { type EvaluateInput, evaluateExperiment, evaluateExperiments } from "../../core/evaluate.ts";
import { NOW, type User } from "../harness/a-large-ruleset.ts";
import { type Peer, at } from "./peer.ts";

export interface Ours extends Peer {
  readonly one: (user: number, experiment: number) => Assignment;
  /** The same as `all`, as the JSON text that goes into an answer. */
  allText(user: number): string;
}

export const inputOf = (user: User): EvaluateInput => ({
  units: { user_id: user.id },
  context: { country: user.country, plan: user.plan },
  now: NOW,
});

/** Edgeworth, from the text that is stored: what callers call, giving what callers get. */
export const ours = (ruleset: Ruleset, users: readonly User[]): Ours => {
  const compiled = compile(JSON.parse(JSON.stringify(encodeRuleset(ruleset))));
  const inputs = users.map(inputOf);
  const keys = ruleset.experiments.map(({ key }) => key);
  return {
    name: "edgeworth",
    all: (user) => evaluateExperiments(compiled, at(inputs, user)),
    one: (user, experiment) => evaluateExperiment(compiled, at(keys, experiment), at(inputs, user)),
    matches: (user) => evaluateExperiments(compiled, at(inputs, user)).length,
    allText: (user) => assignmentsText(compiled, at(inputs, user)),
  };
};
