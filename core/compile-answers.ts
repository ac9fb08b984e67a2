import type { Assignment } from "../contract/decision.ts";
import type { CompiledExperiments } from "./compile-experiments.ts";
import { ASSIGNED, type Outcome, carriesVariant, reasonOf, variantOf } from "./outcome.ts";

/** An answer that is shared by all who get it, and its JSON text once somebody asked for that. Never to be changed. */
export interface Answer {
  readonly assignment: Assignment;
  text: string | undefined;
}

export interface CompiledAnswers {
  readonly answer: (place: number, outcome: Outcome) => Answer;
  readonly textOf: (answer: Answer) => string;
}

/** About how many bytes of answers are kept before all are forgotten, to be made again as they are asked for. */
const MAX_BYTES = 16_000_000;

/** What an answer takes beside its text, about. */
const ANSWER_BYTES = 250;

/** Answers by place and outcome, made when first given. */
export const compileAnswers = (experiments: CompiledExperiments): CompiledAnswers => {
  /** The most common ones, reason `assigned`, by variant and place. */
  let assigned: (Answer | undefined)[][] = [];
  /** By outcome and place. */
  let others = new Map<Outcome, Map<number, Answer>>();
  let bytes = 0;

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
    return { assignment, text: undefined };
  };

  const makeRoom = (more: number): void => {
    bytes += more;
    if (bytes <= MAX_BYTES) return;
    assigned = [];
    others = new Map();
    bytes = more;
  };

  const keep = (place: number, outcome: Outcome, answer: Answer): Answer => {
    makeRoom(ANSWER_BYTES);
    if (reasonOf(outcome) === "assigned")
      (assigned[variantOf(outcome)] ??= Array.from({ length: experiments.count }))[place] = answer;
    else {
      const byPlace = others.get(outcome) ?? new Map<number, Answer>();
      others.set(outcome, byPlace.set(place, answer));
    }
    return answer;
  };

  return {
    answer: (place, outcome) => {
      const known =
        (outcome & 15) === ASSIGNED ? assigned[variantOf(outcome)]?.[place] : others.get(outcome)?.get(place);
      return known ?? keep(place, outcome, make(place, outcome));
    },
    textOf: (answer) => {
      if (answer.text === undefined) {
        answer.text = JSON.stringify(answer.assignment);
        makeRoom(answer.text.length);
      }
      return answer.text;
    },
  };
};
