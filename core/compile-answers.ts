import type { Assignment } from "../contract/decision.ts";
import type { CompiledExperiments } from "./compile-experiments.ts";
import { ASSIGNED, type Outcome, TARGETING, carriesVariant, reasonOf, variantOf } from "./outcome.ts";

/** The answers that are shared by all who get them, made when first given. Never to be changed. */
export interface CompiledAnswers {
  readonly assignment: (place: number, outcome: Outcome) => Assignment;
  /** `JSON.stringify` of the assignment. */
  readonly text: (place: number, outcome: Outcome) => string;
}

/** About how many bytes of answers are kept before all are forgotten, to be made again as they are asked for. */
const MAX_BYTES = 32_000_000;

/** What an assignment takes beside its payload, about. */
const ASSIGNMENT_BYTES = 250;

/** Things by place and outcome. Nearly all are assigned a variant or left out by targeting: each of these is one look-up in an array. */
class Kept<T> {
  readonly #count: number;
  /** By variant and place. */
  #assigned: (T | undefined)[][] = [];
  #leftOut: (T | undefined)[] = [];
  #others = new Map<Outcome, Map<number, T>>();

  constructor(count: number) {
    this.#count = count;
  }

  at(place: number, outcome: Outcome): T | undefined {
    if ((outcome & 15) === ASSIGNED) return this.#assigned[variantOf(outcome)]?.[place];
    return outcome === TARGETING ? this.#leftOut[place] : this.#others.get(outcome)?.get(place);
  }

  keep(place: number, outcome: Outcome, thing: T): T {
    if ((outcome & 15) === ASSIGNED)
      (this.#assigned[variantOf(outcome)] ??= Array.from({ length: this.#count }))[place] = thing;
    else if (outcome === TARGETING) {
      if (this.#leftOut.length === 0) this.#leftOut = Array.from({ length: this.#count });
      this.#leftOut[place] = thing;
    } else {
      const byPlace = this.#others.get(outcome) ?? new Map<number, T>();
      this.#others.set(outcome, byPlace.set(place, thing));
    }
    return thing;
  }

  clear(): void {
    this.#assigned = [];
    this.#leftOut = [];
    this.#others = new Map();
  }
}

export const compileAnswers = (experiments: CompiledExperiments): CompiledAnswers => {
  const assignments = new Kept<Assignment>(experiments.count);
  const texts = new Kept<string>(experiments.count);
  let bytes = 0;

  const makeRoom = (more: number): void => {
    bytes += more;
    if (bytes <= MAX_BYTES) return;
    assignments.clear();
    texts.clear();
    bytes = more;
  };

  const make = (place: number, outcome: Outcome): Assignment => {
    const hasVariant = carriesVariant(outcome);
    const variant = variantOf(outcome);
    return {
      experiment_key: experiments.key(place),
      experiment_id: experiments.id(place),
      variant_key: hasVariant ? (experiments.split(place).keys[variant] ?? null) : null,
      variant_id: hasVariant ? experiments.variantId(place, variant) : null,
      payload: hasVariant ? experiments.payload(place, variant) : null,
      reason: reasonOf(outcome),
    };
  };

  const keepAssignment = (place: number, outcome: Outcome): Assignment => {
    const assignment = make(place, outcome);
    makeRoom(ASSIGNMENT_BYTES + (assignment.payload === null ? 0 : 2 * JSON.stringify(assignment.payload).length));
    return assignments.keep(place, outcome, assignment);
  };

  /** Only the text is kept: who asks for texts does not ask for objects. */
  const keepText = (place: number, outcome: Outcome): string => {
    const text = JSON.stringify(make(place, outcome));
    makeRoom(text.length);
    return texts.keep(place, outcome, text);
  };

  return {
    assignment: (place, outcome) => assignments.at(place, outcome) ?? keepAssignment(place, outcome),
    text: (place, outcome) => texts.at(place, outcome) ?? keepText(place, outcome),
  };
};
