import type { Environment } from "../../contract/environment.ts";
import type { ProblemError } from "../../contract/problem.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import { findAudiences } from "../../d1/audiences.ts";
import { findEnvironment, findEnvironments } from "../../d1/environments.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { Problem } from "../http/problem.ts";

type AudienceCondition = Extract<Condition, { operator: "in_audience" | "not_in_audience" }>;

const asksForAudience = (condition: Condition): condition is AudienceCondition =>
  condition.operator === "in_audience" || condition.operator === "not_in_audience";

/** The audiences that rules name, by key or id. */
export const audiencesIn = (rules: readonly Rule[]): string[] =>
  rules.flatMap(({ conditions }) => conditions.filter(asksForAudience).map(({ value }) => value));

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

type Kind = "environment" | "metric" | "audience";

/** Turns references (keys or ids) into keys, and remembers those that lead nowhere, to name them all in one refusal. */
export class References {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #errors: ProblemError[] = [];

  /** `keys` has the key for each `<kind> <key>` and `<kind> <id>` that exists. */
  private constructor(keys: ReadonlyMap<string, string>) {
    this.#keys = keys;
  }

  /** Looks up at once all that a request names. */
  static async load(d1: D1Database, named: Partial<Record<Kind, readonly string[]>>): Promise<References> {
    const [environments, metrics, audiences] = await Promise.all([
      findEnvironments(d1, named.environment ?? []),
      findMetrics(d1, named.metric ?? []),
      findAudiences(d1, named.audience ?? []),
    ]);
    const entries = (kind: Kind, found: readonly { readonly id: string; readonly key: string }[]) =>
      found.flatMap(({ id, key }): [string, string][] => [
        [`${kind} ${id}`, key],
        [`${kind} ${key}`, key],
      ]);
    return new References(
      new Map([
        ...entries("environment", environments),
        ...entries("metric", metrics),
        ...entries("audience", audiences),
      ]),
    );
  }

  /** The key of what the field at `path` names. */
  key(kind: Kind, reference: string, path: string): string {
    const key = this.#keys.get(`${kind} ${reference}`);
    if (key === undefined) this.unknown(path, kind, reference);
    return key ?? reference;
  }

  /** The keys of what the list at `path` names. */
  keys(kind: Kind, references: readonly string[], path: string): string[] {
    return references.map((reference, index) => this.key(kind, reference, `${path}.${index}`));
  }

  /** The rules at `path` with audiences named by key. */
  rules(rules: readonly Rule[], path: string): Rule[] {
    return rules.map(({ conditions }, i) => ({
      conditions: conditions.map((condition, j) =>
        asksForAudience(condition)
          ? { ...condition, value: this.key("audience", condition.value, `${path}.${i}.conditions.${j}.value`) }
          : condition,
      ),
    }));
  }

  /** Remembers that the field at `path` names something that does not exist. */
  unknown(path: string, kind: string, reference: string): void {
    this.#errors.push({ path, message: unknownMessage(kind, reference) });
  }

  /** Throws 422 `unknown_reference` when anything was unknown. */
  check(): void {
    const [first] = this.#errors;
    if (first) throw new Problem(422, "unknown_reference", `${first.path}: ${first.message}`, { errors: this.#errors });
  }
}
