import type { Assignment } from "../contract/decision.ts";
import type { CompiledExperiments } from "./compile-experiments.ts";
import { type Outcome, carriesVariant, reasonOf, variantOf } from "./outcome.ts";

/** An answer that is shared by all who get it, and its JSON text once somebody asked for that. Never to be changed. */
export interface Answer {
  readonly assignment: Assignment;
  text: string;
}

export interface CompiledAnswers {
  readonly answer: (place: number, outcome: Outcome) => Answer;
}

/** How many answers are kept before all are forgotten: a bound on memory that no real ruleset should meet. */
const MAX_ANSWERS = 50_000;

/** Answers by place and outcome, made when first given. */
export const compileAnswers = (experiments: CompiledExperiments): CompiledAnswers => {
  let kept: (Answer[] | undefined)[] = [];
  let count = 0;

  const make = (place: number, outcome: Outcome): Answer => {
    const hasVariant = carriesVariant(outcome);
    const variant = variantOf(outcome);
    const assignment: Assignment = {
      experiment_key: experiments.key(place),
      experiment_id: experiments.id(place),
      variant_key: hasVariant ? (experiments.split(place).keys[variant] ?? null) : null,
      variant_id: hasVariant ? experiments.variantId(place, variant) : null,
      payload: hasVariant ? experiments.payload(place, variant) : null,
      reason: reasonOf(outcome),
    };
    return { assignment, text: JSON.stringify(assignment) };
  };

  return {
    answer: (place, outcome) => {
      const known = kept[place]?.[outcome];
      if (known) return known;
      if (++count > MAX_ANSWERS) {
        kept = [];
        count = 0;
      }
      const made = make(place, outcome);
      (kept[place] ??= [])[outcome] = made;
      return made;
    },
  };
};
