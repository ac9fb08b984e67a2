/** Whether a text has a part that the pattern describes. */
export type PatternTest = (text: string) => boolean;

/** Longer texts match no pattern. In UTF-16 code units. */
export const MAX_PATTERN_TEXT = 1_024;

/** The steps that a pattern may have once its repetitions are written out. */
const MAX_STEPS = 500;

/** Transitions that are remembered between texts. */
const MAX_TRANSITIONS = 5_000;

type Assertion = "start" | "end" | "boundary" | "inside";

type Expression =
  | { readonly kind: "character"; readonly test: (character: string) => boolean }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly options: readonly Expression[] }
  | { readonly kind: "repetition"; readonly part: Expression; readonly min: number; readonly max: number };

class PatternError extends Error {}

const ATOM =
  /^(?:\\(?:u\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|x..|c.|[pP]\{[^}]*\}|.)|\[(?:\\.|[^\]\\])*\]|.)/su;

const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/;

/** Takes a pattern apart that the `u` syntax of JavaScript has accepted, so that it need not look for mistakes of form. */
class Parser {
  #rest: string;
  constructor(pattern: string) {
    this.#rest = pattern;
  }

  parse(): Expression {
    return this.#choice().expression;
  }

  #take(length: number): string {
    const taken = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return taken;
  }

  /** `isOpen`: a repetition without end is somewhere in it. */
  #choice(): { expression: Expression; isOpen: boolean } {
    const options: Expression[] = [];
    let isOpen = false;
    do {
      if (options.length > 0) this.#take(1);
      const parts: Expression[] = [];
      while (this.#rest !== "" && !this.#rest.startsWith("|") && !this.#rest.startsWith(")")) {
        const part = this.#quantified();
        isOpen ||= part.isOpen;
        parts.push(part.expression);
      }
      options.push({ kind: "sequence", parts });
    } while (this.#rest.startsWith("|"));
    const [only] = options;
    return { expression: only && options.length === 1 ? only : { kind: "choice", options }, isOpen };
  }

  #quantified(): { expression: Expression; isOpen: boolean } {
    const { expression, isOpen } = this.#atom();
    const [quantifier, least, range, most] = QUANTIFIER.exec(this.#rest) ?? [];
    if (quantifier === undefined) return { expression, isOpen };
    this.#take(quantifier.length);
    const min = least === undefined ? (quantifier.startsWith("+") ? 1 : 0) : Number(least);
    const hasNoEnd = least === undefined ? !quantifier.startsWith("?") : most === "";
    if (isOpen && hasNoEnd)
      throw new PatternError("Do not repeat what is repeated already, as in (a+)+: write one repetition.");
    const max = hasNoEnd
      ? Number.POSITIVE_INFINITY
      : least === undefined
        ? 1
        : Number(range === undefined ? least : most);
    return { expression: { kind: "repetition", part: expression, min, max }, isOpen: isOpen || hasNoEnd };
  }

  #atom(): { expression: Expression; isOpen: boolean } {
    if (this.#rest.startsWith("(")) return this.#group();
    const source = this.#take(ATOM.exec(this.#rest)?.[0].length ?? 1);
    const assertion = ASSERTIONS.get(source);
    if (assertion) return { expression: { kind: "assertion", assertion }, isOpen: false };
    if (/^\\[1-9k]/.test(source))
      throw new PatternError(`${source} refers back to a group, which cannot be matched in linear time.`);
    return { expression: { kind: "character", test: characterTest(source) }, isOpen: false };
  }

  #group(): { expression: Expression; isOpen: boolean } {
    const opening = /^\((?:\?(?::|<[^=!>][^>]*>))?/.exec(this.#rest)?.[0] ?? "(";
    if (opening === "(" && this.#rest.startsWith("(?"))
      throw new PatternError(
        /^\(\?<?[=!]/.test(this.#rest)
          ? "Looking ahead or behind, as with (?= or (?!, cannot be matched in linear time."
          : `${this.#rest.slice(0, 4)} is not supported: use ( or (?: to begin a group.`,
      );
    this.#take(opening.length);
    const group = this.#choice();
    this.#take(1);
    return group;
  }
}

const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ["^", "start"],
  ["$", "end"],
  [String.raw`\b`, "boundary"],
  [String.raw`\B`, "inside"],
]);

const LINE_ENDS = new Set(["\n", "\r", "\u2028", "\u2029"]);

const characterTest = (source: string): ((character: string) => boolean) => {
  if (source === ".") return (character) => !LINE_ENDS.has(character);
  if (!source.startsWith("\\") && !source.startsWith("[")) return (character) => character === source;
  const one = new RegExp(`^${source}$`, "u");
  return (character) => one.test(character);
};

/** A step of the automaton; `next` and `other` are indices of steps. */
type Step =
  | { readonly kind: "accept" }
  | { readonly kind: "character"; readonly test: (character: string) => boolean; readonly next: number }
  | { readonly kind: "assertion"; readonly assertion: Assertion; readonly next: number }
  | { readonly kind: "split"; next: number; readonly other: number };

const ACCEPT = 0;

/** Thompson's construction, from the end to the beginning. */
const stepsOf = (expression: Expression): { readonly steps: readonly Step[]; readonly start: number } => {
  const steps: Step[] = [{ kind: "accept" }];
  let work = 0;
  const add = (step: Step): number => steps.push(step) - 1;
  const emit = (part: Expression, next: number): number => {
    if (++work > MAX_STEPS) throw new PatternError("The pattern repeats too much: use smaller numbers in {}.");
    switch (part.kind) {
      case "character":
        return add({ kind: "character", test: part.test, next });
      case "assertion":
        return add({ kind: "assertion", assertion: part.assertion, next });
      case "sequence":
        return part.parts.reduceRight((after, each) => emit(each, after), next);
      case "choice":
        return part.options
          .map((option) => emit(option, next))
          .reduce((one, other) => add({ kind: "split", next: one, other }));
      case "repetition":
        return emitRepetition(part.part, part.min, part.max, next);
      default:
        return part satisfies never;
    }
  };
  const emitRepetition = (part: Expression, min: number, max: number, next: number): number => {
    let after = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop: Step = { kind: "split", next: ACCEPT, other: next };
      after = add(loop);
      loop.next = emit(part, after);
    } else
      for (let optional = min; optional < max; optional++)
        after = add({ kind: "split", next: emit(part, after), other: next });
    for (let required = 0; required < min; required++) after = emit(part, after);
    return after;
  };
  const start = emit(expression, ACCEPT);
  return { steps, start };
};

/** What is known between two characters: the steps that wait for the next one, and what the last one was. */
interface State {
  readonly waiting: readonly number[];
  readonly before: "nothing" | "word" | "other";
  /** By the next character; the empty text is the end. `true`: the pattern has matched. */
  readonly transitions: Map<string, State | boolean>;
}

const isWord = (character: string): boolean => /^[A-Za-z0-9_]$/.test(character);

/**
 * All paths through the automaton are followed at once, so a character costs at most as much as the pattern is long. Sets of
 * steps that were met are remembered with where each character leads to, so most characters cost one look-up.
 */
const testOf = (steps: readonly Step[], start: number): PatternTest => {
  let states = new Map<string, State>();
  let transitionCount = 0;

  const stateOf = (waiting: readonly number[], before: State["before"]): State => {
    const name = `${before} ${waiting.join(" ")}`;
    let state = states.get(name);
    if (!state) states.set(name, (state = { waiting, before, transitions: new Map() }));
    return state;
  };

  const holds = (assertion: Assertion, before: State["before"], next: string): boolean => {
    if (assertion === "start") return before === "nothing";
    if (assertion === "end") return next === "";
    return ((before === "word") !== isWord(next)) === (assertion === "boundary");
  };

  /** The number of the last {@link follow} that came by each step, and that put it among those that wait. */
  const seen = new Uint32Array(steps.length);
  const waits = new Uint32Array(steps.length);
  let turn = 0;

  const follow = ({ waiting, before }: State, character: string): State | boolean => {
    if (++turn === 2 ** 32) {
      seen.fill(0);
      waits.fill(0);
      turn = 1;
    }
    const open = [start, ...waiting];
    let hasAny = false;
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const step = steps[index];
      if (!step || seen[index] === turn) continue;
      seen[index] = turn;
      if (step.kind === "accept") return true;
      if (step.kind === "split") open.push(step.next, step.other);
      else if (step.kind === "assertion") {
        if (holds(step.assertion, before, character)) open.push(step.next);
      } else if (character !== "" && step.test(character)) {
        waits[step.next] = turn;
        hasAny = true;
      }
    }
    if (character === "") return false;
    const after: number[] = [];
    if (hasAny) for (let index = 0; index < waits.length; index++) if (waits[index] === turn) after.push(index);
    return stateOf(after, isWord(character) ? "word" : "other");
  };

  const next = (state: State, character: string): State | boolean => {
    const known = state.transitions.get(character);
    if (known !== undefined) return known;
    if (++transitionCount > MAX_TRANSITIONS) {
      states = new Map();
      transitionCount = 0;
    }
    const found = follow(state, character);
    state.transitions.set(character, found);
    return found;
  };

  return (text) => {
    if (text.length > MAX_PATTERN_TEXT) return false;
    let state: State | boolean = stateOf([], "nothing");
    for (const character of text) {
      state = next(state, character);
      if (typeof state === "boolean") return state;
    }
    return next(state, "") === true;
  };
};

const sourceOf = (pattern: string): string => {
  try {
    return new RegExp(pattern, "u").source;
  } catch (error) {
    throw new PatternError(`This is not a pattern: ${String(error).replace(/^.*\/u: /su, "")}.`, { cause: error });
  }
};

/**
 * The test of a pattern in the syntax of JavaScript's regular expressions with the flag `u`: whether a part of the text
 * matches, as `RegExp.test` has it, but in time linear in the text whatever the pattern is. A text of more than
 * {@link MAX_PATTERN_TEXT} does not match. Throws for a pattern that {@link patternProblem} refuses.
 *
 * Backtracking engines take exponential time for some patterns, and which ones is hard to tell a person; so patterns run on an
 * automaton of their own (Thompson, "Regular expression search algorithm", 1968), which has no such patterns.
 */
export const patternOf = (pattern: string): PatternTest => {
  const { steps, start } = stepsOf(new Parser(sourceOf(pattern)).parse());
  return testOf(steps, start);
};

/**
 * Why a pattern cannot be used, in words for the person who wrote it; `undefined` when it can. References back, looking
 * around and more than 500 steps are refused because they take more than linear time, and nested repetition without end
 * because other engines, to which patterns are copied, take exponential time for it.
 */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    patternOf(pattern);
    return undefined;
  } catch (error) {
    return error instanceof PatternError ? error.message : "This is not a pattern.";
  }
};
