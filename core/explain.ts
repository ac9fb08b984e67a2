import type { Assignment, ExplainStep, FlagDecision } from "../contract/decision.ts";
import type { Prerequisite } from "../contract/prerequisite.ts";
import type { RulesetHoldout, RulesetOverride } from "../contract/ruleset.ts";
import { bucketOf } from "./bucket.ts";
import type { CompiledFlag, CompiledFlagRule } from "./compile-flags.ts";
import { TRUE, UNKNOWN } from "./compile-targeting.ts";
import type { CompiledRuleset } from "./compile.ts";
import { evaluateExperiment, evaluateFlag } from "./evaluate.ts";
import { type EvaluateInput, Evaluation } from "./evaluation.ts";
import { type TargetingExplainer, explainTargetingFor } from "./explain-targeting.ts";
import { type ExplainedValues, shownList, shownPair, shownValue } from "./explain-values.ts";
import { carriesVariant, reasonOf, variantOf } from "./outcome.ts";

/** A check in the order of evaluation. Its values are looked for only if it was made. */
interface CheckMade {
  readonly check: ExplainStep["check"];
  readonly passed: boolean;
  /** Whether the decision ends with it. */
  readonly isLast: boolean;
  readonly values: () => ExplainedValues;
}

const stepsOf = (checks: Iterable<CheckMade>): ExplainStep[] => {
  const steps: ExplainStep[] = [];
  for (const { check, passed, isLast, values } of checks) {
    steps.push({ check, passed, values: orBroken(values) });
    if (isLast) break;
  }
  return steps;
};

const orBroken = (values: () => ExplainedValues): ExplainedValues => {
  try {
    return values();
  } catch {
    return { is_broken: true };
  }
};

/** A check that ends the decision if it has not passed. */
const must = (check: CheckMade["check"], passed: boolean, values: CheckMade["values"]): CheckMade => ({
  check,
  passed,
  isLast: !passed,
  values,
});

/** A check that ends the decision in the unit's favour. */
const may = (check: CheckMade["check"], isLast: boolean, values: CheckMade["values"]): CheckMade => ({
  check,
  passed: true,
  isLast,
  values,
});

/**
 * What {@link evaluateExperiment} gives, with every check in the order of evaluation and the values that it compared. All have
 * passed but the last, if the unit gets no variant. Costs many times the decision.
 */
export const explainExperiment = (compiled: CompiledRuleset, name: string, input: EvaluateInput): Assignment => {
  const assignment = evaluateExperiment(compiled, name, input);
  const place = assignment.experiment_id === null ? -1 : compiled.experiments.placeOf(name);
  if (place < 0) return { ...assignment, steps: [] };
  const evaluation = new Evaluation(compiled, input);
  return { ...assignment, steps: stepsOf(experimentChecks(evaluation, place, assignment)) };
};

const experimentChecks = function* (
  evaluation: Evaluation,
  place: number,
  { reason, variant_key }: Assignment,
): Generator<CheckMade> {
  const { compiled, input } = evaluation;
  const { experiments, targeting } = compiled;
  const rare = experiments.rare(place);
  const unit = (): string => evaluation.experimentUnit(place) ?? "";
  const key = experiments.key(place);
  const unitType = experiments.unitType(place);

  yield environmentCheck(compiled, reason);
  yield must("status", reason !== "not_running", () => ({ status: experiments.status(place) }));
  yield must("dates", reason !== "outside_dates", () => ({
    now: input.now,
    starts_at: rare?.starts_at ?? null,
    ends_at: rare?.ends_at ?? null,
  }));
  yield may("override", reason === "override", () => {
    if (reason !== "override") return { variant: null };
    const isChosen = ({ experiment, variant }: RulesetOverride): boolean =>
      experiment === key && variant === variant_key;
    return { variant: variant_key, ...shownOverridden(evaluation, evaluation.overrides().find(isChosen)) };
  });
  yield must("unit", reason !== "unit_missing", () => ({
    unit_type: unitType,
    ...shownValue("unit", evaluation.unit(unitType)),
    ...(rare?.switchback_minutes !== undefined && {
      switchback_minutes: rare.switchback_minutes,
      ...shownValue("unit_in_window", evaluation.experimentUnit(place)),
    }),
  }));
  yield holdoutCheck(evaluation, reason, ({ covers }) => covers === null || covers.experiments.includes(key));
  yield must("slot", reason !== "outside_slot", () => {
    const layer = experiments.layerSalt(place);
    const ends = experiments.slots(place);
    const slots = ends.flatMap((start, index) => (index % 2 === 0 ? [[start, ends[index + 1] ?? start]] : []));
    return { bucket: bucketOf(unit(), layer), ...shownList("slots", slots, (slot) => slot), layer };
  });
  const list = experiments.list(place);
  const isBroken = reason === "error" && evaluation.targets(list) === UNKNOWN;
  yield must("targeting", reason !== "targeting" && !isBroken, () =>
    explainTargetingFor(input, targeting).rules(targeting.rulesOf(list)),
  );
  yield prerequisitesCheck(evaluation, reason, rare?.prerequisites ?? []);
  if (rare?.is_sticky) {
    const kept = evaluation.stickyVariant(place);
    const variant = kept < 0 ? null : (experiments.split(place).keys[kept] ?? null);
    yield may("sticky", reason === "sticky", () => ({ variant }));
  }
  yield must("variant", reason !== "error", () => {
    const { keys, weights_bp } = experiments.split(place);
    const weights = keys.map((variant, index) => ({ variant, weight_bp: weights_bp[index] ?? 0 }));
    return { bucket: bucketOf(unit(), experiments.salt(place)), ...shownList("weights", weights, (each) => each) };
  });
};

const environmentCheck = ({ environment, enabled }: CompiledRuleset, reason: string): CheckMade =>
  must("environment", reason !== "environment_off", () => ({ environment, enabled }));

/** Whose override it is. Only the request knows the unit: an override has a hash of it. */
const shownOverridden = (evaluation: Evaluation, override: RulesetOverride | undefined): ExplainedValues =>
  override ? { unit_type: override.unit_type, ...shownValue("unit", evaluation.unit(override.unit_type)) } : {};

/** The holdouts that cover what is decided, each with the bucket of its own unit. */
const holdoutCheck = (
  evaluation: Evaluation,
  reason: string,
  covers: (holdout: RulesetHoldout) => boolean,
): CheckMade =>
  must("holdout", reason !== "holdout", () =>
    shownList("holdouts", evaluation.compiled.holdouts.filter(covers), ({ key, unit_type, salt, share_bp }) => {
      const unit = evaluation.unit(unit_type);
      const bucket = unit === undefined ? null : bucketOf(unit, salt);
      return { key, unit_type, bucket, share_bp, is_held_out: bucket !== null && bucket < share_bp };
    }),
  );

/** A prerequisite that comes back to what it is for has not passed, whatever it comes to by itself. */
const prerequisitesCheck = (
  evaluation: Evaluation,
  reason: string,
  prerequisites: readonly Prerequisite[],
): CheckMade =>
  must("prerequisites", reason !== "prerequisite", () =>
    shownList("prerequisites", prerequisites, (prerequisite) => ({
      ...shownPrerequisite(evaluation, prerequisite),
      passed: evaluation.meets(prerequisite),
    })),
  );

const shownPrerequisite = (evaluation: Evaluation, prerequisite: Prerequisite): ExplainedValues => {
  if ("flag" in prerequisite) {
    const flag = evaluation.compiled.compiledFlag(prerequisite.flag);
    const decision = flag && evaluation.flag(flag).decision;
    return {
      flag: prerequisite.flag,
      ...shownPair(prerequisite.value, decision?.value),
      reason: decision?.reason ?? "unknown_flag",
    };
  }
  return {
    experiment: prerequisite.experiment,
    ...shownList("variants", prerequisite.variants, (variant) => variant),
    ...shownExperiment(evaluation, prerequisite.experiment),
  };
};

/** Which variant of another experiment the unit has, and why. */
const shownExperiment = (evaluation: Evaluation, key: string): ExplainedValues => {
  const { experiments } = evaluation.compiled;
  const place = experiments.placeOf(key);
  if (place < 0) return { actual: null, reason: "unknown_experiment" };
  const outcome = evaluation.experiment(place);
  const variant = carriesVariant(outcome) ? experiments.split(place).keys[variantOf(outcome)] : undefined;
  return { actual: variant ?? null, reason: reasonOf(outcome) };
};

/**
 * What {@link evaluateFlag} gives, with every check in the order of evaluation and the values that it compared. A rule that has
 * not passed did not apply, and the next one was tried; the last one that is there decided.
 */
export const explainFlag = (compiled: CompiledRuleset, key: string, input: EvaluateInput): FlagDecision => {
  const decision = evaluateFlag(compiled, key, input);
  const flag = decision.reason === "unknown_flag" ? undefined : compiled.compiledFlag(key);
  if (!flag) return { ...decision, steps: [] };
  return { ...decision, steps: stepsOf(flagChecks(new Evaluation(compiled, input), flag, decision)) };
};

const flagChecks = function* (
  evaluation: Evaluation,
  compiledFlag: CompiledFlag,
  { value, reason, experiment_key }: FlagDecision,
): Generator<CheckMade> {
  const { flag, rules } = compiledFlag;
  yield environmentCheck(evaluation.compiled, reason);
  yield must("enabled", reason !== "off", () => ({ enabled: flag.enabled }));
  const isOverridden = reason === "override" && experiment_key === undefined;
  yield may("override", isOverridden, () =>
    isOverridden
      ? { ...shownValue("value", value), ...shownOverridden(evaluation, evaluation.overriddenValue(flag.key)) }
      : { value: null },
  );
  yield holdoutCheck(evaluation, reason, ({ covers }) => covers === null || covers.flags.includes(flag.key));
  yield prerequisitesCheck(evaluation, reason, flag.prerequisites);
  const explainer = explainTargetingFor(evaluation.input, evaluation.compiled.targeting);
  for (const [index, rule] of rules.entries()) {
    const answer = evaluation.flagRule(compiledFlag, rule);
    yield {
      check: "rule",
      passed: answer !== undefined && answer.decision.reason !== "unit_missing" && answer.decision.reason !== "error",
      isLast: answer !== undefined,
      values: () => shownRule(evaluation, explainer, rule, index),
    };
  }
  yield must("default", reason !== "error", () => shownValue("value", value));
};

/** A rule's conditions, and if they hold, what it goes on to compare. */
const shownRule = (
  evaluation: Evaluation,
  explainer: TargetingExplainer,
  { rule, conditions }: CompiledFlagRule,
  index: number,
): ExplainedValues => ({
  rule: index + 1,
  name: rule.name,
  ...explainer.conditions("conditions", rule.conditions),
  ...(evaluation.holds(conditions) === TRUE && {
    ...(rule.rollout && { rollout: shownRollout(evaluation, rule.rollout) }),
    ...(rule.experiment && {
      experiment: { key: rule.experiment.key, ...shownExperiment(evaluation, rule.experiment.key) },
    }),
  }),
});

const shownRollout = (
  evaluation: Evaluation,
  rollout: NonNullable<CompiledFlagRule["rule"]["rollout"]>,
): ExplainedValues => {
  const unit = evaluation.unit(rollout.unit_type);
  return {
    unit_type: rollout.unit_type,
    ...shownValue("unit", unit),
    bucket: unit === undefined ? null : bucketOf(unit, rollout.salt),
    share_bp: evaluation.rolloutShareBp(rollout),
  };
};
