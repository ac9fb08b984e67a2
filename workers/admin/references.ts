import type { ProblemError } from "../../contract/problem.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import { findAudiences } from "../../d1/audiences.ts";
import { findMetrics } from "../../d1/metrics.ts";
import { Problem } from "../http/problem.ts";

type AudienceCondition = Extract<Condition, { operator: "in_audience" | "not_in_audience" }>;

const asksForAudience = (condition: Condition): condition is AudienceCondition =>
  condition.operator === "in_audience" || condition.operator === "not_in_audience";

interface Named {
  readonly id: string;
  readonly key: string;
}

const unknownMessage = (kind: string, reference: string): string =>
  `There is no ${kind} ${JSON.stringify(reference)}; create it first.`;

/** A field names something that does not exist. */
export const unknownReference = (path: string, kind: string, reference: string): Problem => {
  const message = unknownMessage(kind, reference);
  return new Problem(422, "unknown_reference", `${path}: ${message}`, { errors: [{ path, message }] });
};

/** Turns references (keys or ids) into keys, and remembers those that lead nowhere, to name them all in one refusal. */
export class References {
  readonly #d1: D1Database;
  readonly #errors: ProblemError[] = [];

  constructor(d1: D1Database) {
    this.#d1 = d1;
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

  /** The keys of metrics; `pathOf(i)` is where the i-th was named. */
  async metrics(references: readonly string[], pathOf: (index: number) => string): Promise<string[]> {
    return this.#keysOf("metric", await findMetrics(this.#d1, references), references, pathOf);
  }

  /** The key of an audience. */
  async audience(reference: string, path: string): Promise<string> {
    const [key = reference] = this.#keysOf(
      "audience",
      await findAudiences(this.#d1, [reference]),
      [reference],
      () => path,
    );
    return key;
  }

  /** The rules with audiences named by key. */
  async rules(rules: readonly Rule[], path: string): Promise<Rule[]> {
    const asked = rules.flatMap(({ conditions }) => conditions.filter(asksForAudience).map(({ value }) => value));
    const found = await findAudiences(this.#d1, asked);
    return rules.map(({ conditions }, i) => ({
      conditions: conditions.map((condition, j) => {
        if (!asksForAudience(condition)) return condition;
        const pathOf = () => `${path}.${i}.conditions.${j}.value`;
        const [value = condition.value] = this.#keysOf("audience", found, [condition.value], pathOf);
        return { ...condition, value };
      }),
    }));
  }

  #keysOf(
    kind: string,
    found: readonly Named[],
    references: readonly string[],
    pathOf: (index: number) => string,
  ): string[] {
    return references.map((reference, index) => {
      const named = found.find(({ id, key }) => key === reference || id === reference);
      if (!named) this.unknown(pathOf(index), kind, reference);
      return named?.key ?? reference;
    });
  }
}
