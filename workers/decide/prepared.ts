import type { Ruleset } from "../../contract/ruleset.ts";
import { type CompiledRuleset, compile } from "../../core/compile.ts";

/** What this Worker keeps of a ruleset. */
export interface Prepared {
  readonly compiled: CompiledRuleset;
  /** Whether anything in the ruleset looks at what the edge knows of a request. Reading it costs more than a decision. */
  readonly usesEdge: boolean;
}

const isEdge = (name: string): boolean => name === "country" || name === "edge" || name.startsWith("edge.");

const usesEdge = (ruleset: Ruleset): boolean =>
  ruleset.experiments.some(({ unit_type }) => isEdge(unit_type)) ||
  [...ruleset.experiments, ...ruleset.audiences]
    .flatMap(({ rules }) => rules)
    .flatMap(({ conditions }) => conditions)
    .some((condition) => "attribute" in condition && isEdge(condition.attribute));

export const prepare = (ruleset: Ruleset): Prepared => ({ compiled: compile(ruleset), usesEdge: usesEdge(ruleset) });
