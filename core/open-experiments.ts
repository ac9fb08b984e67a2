import type { Assignment } from "../contract/decision.ts";
import { pairBucketOf, stateOf } from "./bucket.ts";
import type { CompiledAnswers } from "./compile-answers.ts";
import { type CompiledExperiments, NO_CUT } from "./compile-experiments.ts";
import type { CompiledTargeting } from "./compile-targeting.ts";
import { type EvaluateInput, unitIn } from "./evaluation.ts";
import { ASSIGNED, type Outcome, TARGETING, UNIT_MISSING, withVariant } from "./outcome.ts";
import type { Predicate } from "./targeting.ts";

/** What cannot be decided the short way. */
const UNDECIDED: Outcome = -1;

/**
 * The short way to the decision on one experiment, for those of which most are: running, with a layer to itself, without
 * dates or prerequisites, so that only its targeting can keep a unit out. It comes to what `Evaluation` comes to, without
 * asking what cannot be otherwise.
 */
class OpenExperiment {
  /** What it was found by, its key or id: the ruleset's own text, since that of a request would keep all of the request. */
  readonly name: string;
  readonly #place: number;
  readonly #unitType: string;
  readonly #matches: Predicate;
  readonly #experiments: CompiledExperiments;
  /** The salt's two words and where the first of two variants ends; see `ArrangedExperiments`. */
  readonly #first: number;
  readonly #second: number;
  readonly #cut: number;
  readonly #answers: CompiledAnswers;

  constructor(
    name: string,
    place: number,
    matches: Predicate,
    experiments: CompiledExperiments,
    answers: CompiledAnswers,
  ) {
    this.name = name;
    this.#place = place;
    this.#unitType = experiments.unitType(place);
    this.#matches = matches;
    this.#experiments = experiments;
    const { salts, cuts } = experiments.arrange(Int32Array.of(place));
    this.#first = salts[0] ?? 0;
    this.#second = salts[1] ?? 0;
    this.#cut = cuts[0] ?? NO_CUT;
    this.#answers = answers;
  }

  /** The answer; `undefined` when its targeting cannot be evaluated. */
  assignment(input: EvaluateInput): Assignment | undefined {
    const outcome = this.#decide(input);
    return outcome === UNDECIDED ? undefined : this.#answers.assignment(this.#place, outcome);
  }

  /** The answer's JSON text. */
  text(input: EvaluateInput): string | undefined {
    const outcome = this.#decide(input);
    return outcome === UNDECIDED ? undefined : this.#answers.text(this.#place, outcome);
  }

  #decide(input: EvaluateInput): Outcome {
    const unit = unitIn(input, this.#unitType);
    if (unit === undefined) return UNIT_MISSING;
    try {
      if (!this.#matches(input)) return TARGETING;
    } catch {
      return UNDECIDED;
    }
    const variant =
      this.#cut === NO_CUT
        ? this.#experiments.variantOf(this.#place, stateOf(unit))
        : (this.#cut - 1 - pairBucketOf(unit, this.#first, this.#second)) >>> 31;
    return variant < 0 ? UNDECIDED : withVariant(ASSIGNED, variant);
  }
}

/** Finds the open experiments by key or id; each is made when it is first asked for. */
export type FindOpenExperiment = (name: string) => OpenExperiment | undefined;

export const openExperiments = (
  experiments: CompiledExperiments,
  targeting: CompiledTargeting,
  answers: CompiledAnswers,
): FindOpenExperiment => {
  const byName = new Map<string, OpenExperiment>();
  const make = (name: string): OpenExperiment | undefined => {
    const place = experiments.placeOf(name);
    const matches =
      place >= 0 && experiments.isOpen(place) ? targeting.predicateOf(experiments.list(place)) : undefined;
    if (!matches) return undefined;
    const key = experiments.key(place);
    const own = key === name ? key : experiments.id(place);
    const open = new OpenExperiment(own, place, matches, experiments, answers);
    byName.set(own, open);
    return open;
  };
  // A site asks about the same few experiments for one visitor after another: comparing a name costs less than finding it.
  let lastName = "";
  let last: OpenExperiment | undefined;
  return (name) => {
    if (last !== undefined && name === lastName) return last;
    const found = byName.get(name) ?? make(name);
    if (found) {
      last = found;
      lastName = found.name;
    }
    return found;
  };
};
