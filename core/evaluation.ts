import type { Context, DecideRequest, Units } from "../contract/decision.ts";
import type { Prerequisite } from "../contract/prerequisite.ts";
import type { RulesetHoldout, RulesetOverride } from "../contract/ruleset.ts";
import { bucketOf, stateOf } from "./bucket.ts";
import type { CompiledFlag, CompiledFlagRule, FlagAnswer } from "./compile-flags.ts";
import { FALSE, TRUE, type Truth, UNKNOWN, truthOf } from "./compile-targeting.ts";
import type { CompiledRuleset } from "./compile.ts";
import { jsonEquals } from "./json-equals.ts";
import {
  ASSIGNED,
  ENVIRONMENT_OFF,
  ERROR,
  HOLDOUT,
  NOT_RUNNING,
  OUTSIDE_DATES,
  OUTSIDE_SLOT,
  OVERRIDE,
  type Outcome,
  PREREQUISITE,
  STICKY,
  TARGETING,
  UNIT_MISSING,
  carriesVariant,
  variantOf,
  withVariant,
} from "./outcome.ts";
import { switchbackUnit } from "./switchback.ts";

export interface EvaluateInput {
  /** Units by type. A type that is not here is looked for in the context. */
  readonly units: Units;
  readonly context: Context;
  /** ms since 1970. */
  readonly now: number;
  /** Experiment key → the variant that the unit has had. */
  readonly sticky?: Readonly<Record<string, string>> | undefined;
  /** Experiment key → the lists to interleave. */
  readonly rankings?: DecideRequest["rankings"];
  /** Asked with a client key: what is server-only is not known then. */
  readonly isClient?: boolean;
}

/**
 * One request's decisions. What is asked again and again (units, held-out units, overrides, conditions) is found once. Each
 * check of an experiment is a method of its own, so that an explanation can ask for what a decision compared.
 */
export class Evaluation {
  readonly compiled: CompiledRuleset;
  readonly input: EvaluateInput;
  #generation = 0;
  #held: readonly RulesetHoldout[] | undefined;
  #overrides: readonly RulesetOverride[] | undefined;
  /** What is being decided, by name, outermost first. */
  #path: string[] | undefined;
  /** What was decided on the path and away from any cycle, by name: many may wait for the same. */
  #decided: Map<string, unknown> | undefined;
  /** The outermost place in the path that a cycle came back to. */
  #cycle = Infinity;

  constructor(compiled: CompiledRuleset, input: EvaluateInput) {
    this.compiled = compiled;
    this.input = input;
  }

  /** The request's unit of a type, from its units or else from its context: a text that is not empty. */
  unit(unitType: string): string | undefined {
    return unitIn(this.input, unitType);
  }

  /** What an experiment randomises: the unit, or in a switchback test the unit's window. */
  experimentUnit(place: number): string | undefined {
    const { experiments } = this.compiled;
    const unit = this.unit(experiments.unitType(place));
    const minutes = experiments.rare(place)?.switchback_minutes;
    return unit === undefined || minutes === undefined ? unit : switchbackUnit(unit, minutes, this.input.now);
  }

  isInDates(place: number): boolean {
    const { starts_at = -Infinity, ends_at = Infinity } = this.compiled.experiments.rare(place) ?? {};
    return this.input.now >= starts_at && this.input.now < ends_at;
  }

  /** The variant that a person chose for the unit, or −1. One that the experiment does not have is as good as none. */
  overriddenVariant(place: number): number {
    const { experiments, overrides } = this.compiled;
    if (overrides.experiments.size === 0) return -1;
    const key = experiments.key(place);
    if (!overrides.experiments.has(key)) return -1;
    const { keys } = experiments.split(place);
    const chosen = this.overrides().find(
      ({ experiment, variant }) => experiment === key && variant !== undefined && keys.includes(variant),
    );
    return chosen?.variant === undefined ? -1 : keys.indexOf(chosen.variant);
  }

  /** The overrides of the request's units. */
  overrides(): readonly RulesetOverride[] {
    return (this.#overrides ??= this.compiled.overrides.find((unitType) => this.unit(unitType)));
  }

  /** The holdouts that the request's units are in. */
  held(): readonly RulesetHoldout[] {
    return (this.#held ??= this.compiled.holdouts.filter(({ unit_type, salt, share_bp }) => {
      const unit = this.unit(unit_type);
      return unit !== undefined && bucketOf(unit, salt) < share_bp;
    }));
  }

  /** The holdout that keeps the request out of an experiment. */
  holdoutOfExperiment(place: number): RulesetHoldout | undefined {
    if (this.compiled.holdouts.length === 0) return undefined;
    const key = this.compiled.experiments.key(place);
    return this.held().find(({ covers }) => covers === null || covers.experiments.includes(key));
  }

  holdoutOfFlag(key: string): RulesetHoldout | undefined {
    return this.held().find(({ covers }) => covers === null || covers.flags.includes(key));
  }

  isInSlot(place: number, unit: string): boolean {
    const { experiments } = this.compiled;
    if (experiments.hasWholeLayer(place)) return true;
    const bucket = bucketOf(unit, experiments.layerSalt(place));
    return experiments.slots(place).some((start, index, ends) => {
      const end = ends[index + 1];
      return index % 2 === 0 && end !== undefined && start <= bucket && bucket <= end;
    });
  }

  /** Whether a list of rules matches. */
  targets(list: number): Truth {
    return this.compiled.targeting.list(list, this.input, this.generation());
  }

  /** The number under which what is found out of this request's conditions is remembered. */
  generation(): number {
    if (this.#generation === 0) this.#generation = this.compiled.targeting.begin();
    return this.#generation;
  }

  /** A flag has the value, or the unit is in one of the experiment's variants. What does not exist fails. */
  meets(prerequisite: Prerequisite): boolean {
    if ("flag" in prerequisite) {
      const flag = this.compiled.compiledFlag(prerequisite.flag);
      return flag !== undefined && jsonEquals(this.flag(flag).decision.value, prerequisite.value);
    }
    const { experiments } = this.compiled;
    const place = experiments.placeOf(prerequisite.experiment);
    if (place < 0) return false;
    const outcome = this.experiment(place);
    if (!carriesVariant(outcome)) return false;
    const variant = experiments.split(place).keys[variantOf(outcome)];
    return variant !== undefined && prerequisite.variants.includes(variant);
  }

  /** The variant that the caller says the unit has had, where the experiment keeps it, or −1. */
  stickyVariant(place: number): number {
    const { experiments } = this.compiled;
    const { sticky } = this.input;
    if (sticky === undefined || !experiments.rare(place)?.is_sticky) return -1;
    const key = experiments.key(place);
    return Object.hasOwn(sticky, key) ? experiments.split(place).keys.indexOf(sticky[key] ?? "") : -1;
  }

  /** The decision on an experiment: the first check that fails gives the reason. */
  experiment(place: number): Outcome {
    if (!this.compiled.enabled) return ENVIRONMENT_OFF;
    if (!this.compiled.hasExceptions && this.compiled.experiments.isOpen(place)) return this.#assign(place);
    if (!this.compiled.experiments.rare(place)?.prerequisites) return this.#decide(place);
    return this.#onPath(`experiment ${place}`, PREREQUISITE, () => this.#decide(place));
  }

  /** The short way for most experiments: what {@link #decide} comes to where none of its other checks can fail. */
  #assign(place: number): Outcome {
    const { experiments } = this.compiled;
    const unit = this.unit(experiments.unitType(place));
    if (unit === undefined) return UNIT_MISSING;
    const truth = this.targets(experiments.list(place));
    if (truth !== TRUE) return truth === UNKNOWN ? ERROR : TARGETING;
    const variant = experiments.variantOf(place, stateOf(unit));
    return variant < 0 ? ERROR : withVariant(ASSIGNED, variant);
  }

  #decide(place: number): Outcome {
    const { experiments } = this.compiled;
    const rare = experiments.rare(place);
    if (!experiments.isRunning(place)) return NOT_RUNNING;
    if (rare && !this.isInDates(place)) return OUTSIDE_DATES;
    const overridden = this.overriddenVariant(place);
    if (overridden >= 0) return withVariant(OVERRIDE, overridden);
    const unit = rare ? this.experimentUnit(place) : this.unit(experiments.unitType(place));
    if (unit === undefined) return UNIT_MISSING;
    if (this.holdoutOfExperiment(place)) return HOLDOUT;
    if (!this.isInSlot(place, unit)) return OUTSIDE_SLOT;
    const truth = this.targets(experiments.list(place));
    if (truth !== TRUE) return truth === UNKNOWN ? ERROR : TARGETING;
    if (rare) {
      const { prerequisites = [] } = rare;
      if (!prerequisites.every((prerequisite) => this.meets(prerequisite))) return PREREQUISITE;
      const kept = this.stickyVariant(place);
      if (kept >= 0) return withVariant(STICKY, kept);
    }
    const variant = experiments.variantOf(place, stateOf(unit));
    return variant < 0 ? ERROR : withVariant(ASSIGNED, variant);
  }

  /** The decision on a flag. */
  flag(compiled: CompiledFlag): FlagAnswer {
    const { flag, rules } = compiled;
    if (!this.compiled.enabled) return compiled.whenOff("environment_off");
    if (flag.prerequisites.length === 0 && !rules.some(({ rule }) => rule.experiment))
      return this.#decideFlag(compiled);
    return this.#onPath(`flag ${flag.key}`, compiled.byDefault("prerequisite"), () => this.#decideFlag(compiled));
  }

  #decideFlag(compiled: CompiledFlag): FlagAnswer {
    const { flag, rules } = compiled;
    if (!flag.enabled) return compiled.whenOff("off");
    const override = this.overriddenValue(flag.key);
    if (override) return compiled.overridden(override.value ?? null);
    if (this.holdoutOfFlag(flag.key)) return compiled.byDefault("holdout");
    if (!flag.prerequisites.every((prerequisite) => this.meets(prerequisite)))
      return compiled.byDefault("prerequisite");
    for (const rule of rules) {
      const answer = this.flagRule(compiled, rule);
      if (answer) return answer;
    }
    return compiled.byDefault(rules.length === 0 ? "static" : "default");
  }

  overriddenValue(flagKey: string): RulesetOverride | undefined {
    return this.compiled.overrides.flags.has(flagKey)
      ? this.overrides().find(({ flag }) => flag === flagKey)
      : undefined;
  }

  /** What a flag's rule says; `undefined` to go on to the next rule, as for an experiment that the caller may not know of. */
  flagRule(compiled: CompiledFlag, { rule, conditions, answer, answerFor }: CompiledFlagRule): FlagAnswer | undefined {
    const truth = this.holds(conditions);
    if (truth !== TRUE) return truth === UNKNOWN ? compiled.byDefault("error") : undefined;
    if (rule.experiment) {
      const { experiments } = this.compiled;
      const place = experiments.placeOf(rule.experiment.key);
      if (place < 0 || (this.input.isClient === true && experiments.rare(place)?.is_server_only)) return undefined;
      const outcome = this.experiment(place);
      if (outcome === UNIT_MISSING) return compiled.byDefault("unit_missing");
      if (!carriesVariant(outcome)) return undefined;
      const variantKey = experiments.split(place).keys[variantOf(outcome)] ?? "";
      return answerFor(variantKey, (outcome & 15) === OVERRIDE) ?? compiled.byDefault("error");
    }
    if (!rule.rollout) return answer;
    const unit = this.unit(rule.rollout.unit_type);
    if (unit === undefined) return compiled.byDefault("unit_missing");
    return bucketOf(unit, rule.rollout.salt) < this.rolloutShareBp(rule.rollout) ? answer : undefined;
  }

  /** Whether all of a flag rule's conditions hold. */
  holds(conditions: CompiledFlagRule["conditions"]): Truth {
    let all: Truth = TRUE;
    for (const condition of conditions) {
      const truth = truthOf(condition, this.input);
      if (truth === FALSE) return FALSE;
      if (truth === UNKNOWN) all = UNKNOWN;
    }
    return all;
  }

  /** A rollout's share by now: that of the last step that has begun. */
  rolloutShareBp({ share_bp, schedule }: NonNullable<CompiledFlagRule["rule"]["rollout"]>): number {
    return schedule.findLast(({ at }) => at <= this.input.now)?.share_bp ?? share_bp;
  }

  /**
   * Decides something that asks for other decisions. Whatever is on a cycle of such questions gets `onCycle`, wherever the
   * cycle was entered.
   */
  #onPath<Decision>(name: string, onCycle: Decision, decide: () => Decision): Decision {
    const known = this.#decided?.get(name);
    if (known !== undefined) return known as Decision;
    const path = (this.#path ??= []);
    const again = path.indexOf(name);
    if (again >= 0) {
      this.#cycle = Math.min(this.#cycle, again);
      return onCycle;
    }
    const place = path.push(name) - 1;
    let decision: Decision;
    try {
      decision = decide();
    } catch (error) {
      if (place === this.#cycle) this.#cycle = Infinity;
      throw error;
    } finally {
      path.pop();
    }
    if (this.#cycle === Infinity) (this.#decided ??= new Map()).set(name, decision);
    if (place < this.#cycle) return decision;
    if (place === this.#cycle) this.#cycle = Infinity;
    return onCycle;
  }
}

/** A request's unit of a type, see {@link Evaluation.unit}. */
export const unitIn = ({ units, context }: EvaluateInput, unitType: string): string | undefined =>
  textAt(units, unitType) ?? textAt(context, unitType);

/** A text that is not empty. What objects inherit is never text, so what is found is the record's own. */
const textAt = (record: Units | Context, key: string): string | undefined => {
  const value = record[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};
