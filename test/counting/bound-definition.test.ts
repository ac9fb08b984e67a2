import { describe, expect, it } from "vitest";
import { definitionOf } from "../../counting/bound-definition.ts";
import { Terms } from "../../counting/terms.ts";
import { aMetric, anExperiment, aRuleset, HORIZON } from "./fixtures.ts";
import { countingPlan } from "../../counting/counting-plan.ts";

const ruleset = aRuleset({
  metrics: [aMetric({ id: "m" })],
  experiments: [anExperiment({ id: "button", metrics: [{ id: "m", role: "primary" }] })],
});
const text = countingPlan(ruleset, 1, HORIZON).byId.get("button")?.text ?? "";

/** The terms of so many definitions, which differ in the names of their dimensions. */
const someDefinitions = (count: number): { readonly terms: Terms; readonly definitions: readonly number[] } => {
  const terms = new Terms();
  const definitions = Array.from({ length: count }, (_, index) =>
    terms.idOf(JSON.stringify({ ...(JSON.parse(text) as object), dimensions: [`d${index}`] })),
  );
  return { terms, definitions };
};

describe("definitionOf", () => {
  it("reads a definition once while it is used", () => {
    const { terms, definitions } = someDefinitions(2_500);
    const [first = 0, ...others] = definitions;
    const bound = definitionOf(first, terms);
    expect(bound).toMatchObject({
      definition: { id: "button", dimensions: ["d0"] },
      metrics: [{ metric: { id: "m" } }],
    });
    for (const [index, other] of others.entries()) {
      definitionOf(other, terms);
      if (index % 500 === 0) expect(definitionOf(first, terms)).toBe(bound);
    }
    expect(definitionOf(first, terms)).toBe(bound);
  });

  it("forgets those that were not used for long, and reads them again", () => {
    const { terms, definitions } = someDefinitions(2_500);
    const bound = definitions.map((term) => definitionOf(term, terms));
    const kept = definitions.filter((term, index) => index >= 1_500 && definitionOf(term, terms) === bound[index]);
    expect(kept).toHaveLength(1_000);
    const [first = 0] = definitions;
    expect(definitionOf(first, terms)).not.toBe(bound[0]);
    expect(definitionOf(first, terms)).toEqual(bound[0]);
  });
});
