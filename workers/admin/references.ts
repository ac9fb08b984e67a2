import type { Environment } from "../../contract/environment.ts";
import type { Flag } from "../../contract/flag.ts";
import type { Metric } from "../../contract/metric.ts";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import type { ProblemError } from "../../contract/problem.ts";
import { MAX_GROUP_DEPTH, audiencesAskedFor } from "../../contract/targeting.ts";
import type { Condition, Rule, SimpleCondition } from "../../contract/targeting.ts";
import { patternProblem } from "../../core/pattern.ts";
import { findAudiences } from "../../d1/audiences.ts";
import { findReferredExperiments } from "../../d1/dependencies.ts";
import type { ReferredExperiment } from "../../d1/dependencies.ts";
import { findEnvironment, findEnvironments } from "../../d1/environments.ts";
import { findFlags } from "../../d1/flags.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { Problem } from "../http/problem.ts";
import { canBe } from "./flag-values.ts";
import { typeInWords } from "./type-in-words.ts";

const unknownMessage = (kind: string, reference: string): string =>
  `There is no ${kind} ${JSON.stringify(reference)}; create it first.`;

/** A field names something that does not exist, or not where it is looked for. */
export const unknownReference = (path: string, message: string): Problem =>
  new Problem(422, "unknown_reference", `${path}: ${message}`, { errors: [{ path, message }] });

/** The environment that the field `environment` names by key or id; 422 when there is none. */
export const environmentNamed = async (d1: D1Database, reference: string): Promise<Environment> => {
  const environment = await findEnvironment(d1, reference);
  if (!environment) throw unknownReference("environment", `There is no environment ${JSON.stringify(reference)}.`);
  return environment;
};

/** The audiences that rules name, by key or id. */
export const audiencesIn = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ conditions }) => audiencesAskedFor(conditions));

type Kind = "environment" | "metric" | "audience" | "experiment" | "flag";
type Named = Partial<Record<Kind, readonly string[]>>;

/** What prerequisites name, to be looked up. */
export const namedIn = (prerequisites: readonly Prerequisite[]): { experiment: string[]; flag: string[] } => ({
  experiment: prerequisites.flatMap((each) => ("experiment" in each ? [each.experiment] : [])),
  flag: prerequisites.flatMap((each) => ("flag" in each ? [each.flag] : [])),
});

/** Resources of a kind by key and by id. */
const byName = <Resource extends { readonly id: string; readonly key: string }>(
  found: readonly Resource[],
): ReadonlyMap<string, Resource> =>
  new Map(
    found.flatMap((each): [string, Resource][] => [
      [each.id, each],
      [each.key, each],
    ]),
  );

interface Found extends Record<Kind, ReadonlyMap<string, { readonly key: string }>> {
  readonly experiment: ReadonlyMap<string, ReferredExperiment>;
  readonly flag: ReadonlyMap<string, Flag>;
  readonly metric: ReadonlyMap<string, Metric>;
}

/**
 * Turns references (keys or ids) into keys, and remembers those that lead nowhere and conditions that cannot be, to name
 * them all in one refusal.
 */
export class References {
  readonly #found: Found;
  /** What is wrong whatever the workspace holds. */
  readonly #mistakes: ProblemError[] = [];
  /** What does not exist. */
  readonly #unknown: ProblemError[] = [];
  /** What exists and does not fit. */
  readonly #misfits: ProblemError[] = [];

  private constructor(found: Found) {
    this.#found = found;
  }

  /** Looks up at once all that a request names. */
  static async load(d1: D1Database, named: Named): Promise<References> {
    const [environment, metric, audience, experiment, flag] = await Promise.all([
      findEnvironments(d1, named.environment ?? []),
      findMetrics(d1, named.metric ?? []),
      findAudiences(d1, named.audience ?? []),
      findReferredExperiments(d1, named.experiment ?? []),
      findFlags(d1, named.flag ?? []),
    ]);
    return new References({
      environment: byName(environment),
      metric: byName(metric),
      audience: byName(audience),
      experiment: byName(experiment),
      flag: byName(flag),
    });
  }

  /** The key of what the field at `path` names. */
  key(kind: Kind, reference: string, path: string): string {
    const found = this.#found[kind].get(reference);
    if (found === undefined) this.unknown(path, kind, reference);
    return found?.key ?? reference;
  }

  /** The metric that was looked up by this reference, if there is one. */
  metric(reference: string): Metric | undefined {
    return this.#found.metric.get(reference);
  }

  /** The keys of what the list at `path` names. */
  keys(kind: Kind, references: readonly string[], path: string): string[] {
    return references.map((reference, index) => this.key(kind, reference, `${path}.${index}`));
  }

  /** The experiment that the field at `path` names. */
  experiment(reference: string, path: string): ReferredExperiment | undefined {
    const found = this.#found.experiment.get(reference);
    if (found === undefined) this.unknown(path, "experiment", reference);
    return found;
  }

  /** The flag that the field at `path` names. */
  flag(reference: string, path: string): Flag | undefined {
    const found = this.#found.flag.get(reference);
    if (found === undefined) this.unknown(path, "flag", reference);
    return found;
  }

  /** The rules at `path` with audiences named by key. */
  rules(rules: readonly Rule[], path: string): Rule[] {
    return rules.map(({ conditions }, index) => ({
      conditions: this.conditions(conditions, `${path}.${index}.conditions`),
    }));
  }

  /** The conditions at `path` with audiences named by key. Patterns must be safe, and groups not too deep. */
  conditions(conditions: readonly Condition[], path: string): Condition[] {
    return this.#members(conditions, path, 0);
  }

  #members(conditions: readonly Condition[], path: string, depth: number): Condition[] {
    return conditions.map((condition, index) => this.#condition(condition, `${path}.${index}`, depth));
  }

  #condition(condition: Condition, path: string, depth: number): Condition {
    if (!("all" in condition || "any" in condition || "not" in condition)) return this.#simple(condition, path);
    if (depth === MAX_GROUP_DEPTH) {
      this.mistake(path, `Nest groups at most ${MAX_GROUP_DEPTH} deep.`);
      return condition;
    }
    if ("all" in condition) return { all: this.#members(condition.all, `${path}.all`, depth + 1) };
    if ("any" in condition) return { any: this.#members(condition.any, `${path}.any`, depth + 1) };
    return { not: this.#condition(condition.not, `${path}.not`, depth + 1) };
  }

  #simple(condition: SimpleCondition, path: string): SimpleCondition {
    if (condition.operator === "in_audience" || condition.operator === "not_in_audience")
      return { ...condition, value: this.key("audience", condition.value, `${path}.value`) };
    const problem = condition.operator === "matches" ? patternProblem(condition.value) : undefined;
    if (problem !== undefined) this.mistake(`${path}.value`, problem);
    return condition;
  }

  /** The prerequisites at `path` by key: flags must be able to have the value, and experiments must have the variants. */
  prerequisites(prerequisites: readonly Prerequisite[], path: string): Prerequisite[] {
    return prerequisites.map((each, index) => {
      const here = `${path}.${index}`;
      if ("flag" in each) {
        const flag = this.flag(each.flag, `${here}.flag`);
        if (flag?.archived)
          this.misfit(`${here}.flag`, `The flag ${flag.key} is archived, so it never has the value; name another.`);
        if (flag && !canBe(flag, each.value))
          this.misfit(`${here}.value`, `The flag ${flag.key} never has this value; use ${typeInWords(flag.type)}.`);
        return { flag: flag?.key ?? each.flag, value: each.value };
      }
      const experiment = this.experiment(each.experiment, `${here}.experiment`);
      const keys = experiment?.variants.map(({ key }) => key) ?? each.variants;
      for (const [at, variant] of each.variants.entries())
        if (!keys.includes(variant)) this.misfit(`${here}.variants.${at}`, noVariant(each.experiment, variant, keys));
      return { experiment: experiment?.key ?? each.experiment, variants: [...new Set(each.variants)] };
    });
  }

  /** Remembers a mistake that has nothing to do with what there is. */
  mistake(path: string, message: string): void {
    this.#mistakes.push({ path, message });
  }

  /** Remembers that the field at `path` names something that does not exist. */
  unknown(path: string, kind: string, reference: string): void {
    this.#unknown.push({ path, message: unknownMessage(kind, reference) });
  }

  /** Remembers that the field at `path` does not fit what it is about. */
  misfit(path: string, message: string): void {
    this.#misfits.push({ path, message });
  }

  /** Throws 400 `invalid_request`, 422 `unknown_reference` or 422 `invalid_request`, with all there are of the first kind. */
  check(): void {
    refuse(400, "invalid_request", this.#mistakes);
    refuse(422, "unknown_reference", this.#unknown);
    refuse(422, "invalid_request", this.#misfits);
  }
}

const refuse = (
  status: 400 | 422,
  code: "invalid_request" | "unknown_reference",
  errors: readonly ProblemError[],
): void => {
  const [first] = errors;
  if (first) throw new Problem(status, code, `${first.path}: ${first.message}`, { errors });
};

/** What a reference to a variant that does not exist is told. */
export const noVariant = (experiment: string, variant: string, keys: readonly string[]): string =>
  `The experiment ${experiment} has no variant ${JSON.stringify(variant)}; it has ${keys.join(", ")}.`;
