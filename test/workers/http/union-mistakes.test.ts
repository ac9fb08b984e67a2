import { describe, expect, it } from "vitest";
import { NewFlag } from "../../../contract/flag.ts";
import { Condition } from "../../../contract/targeting.ts";
import { Prerequisites } from "../../../contract/prerequisite.ts";
import { issuesOf } from "../../../workers/http/issues.ts";
import type { AnySchema } from "../../../contract/schema.ts";

const mistakes = (schema: AnySchema, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : issuesOf(parsed.error);
};
const paths = (schema: AnySchema, value: unknown) => mistakes(schema, value).map(({ path }) => path);

const fine = { attribute: "plan", operator: "eq", value: "pro" };
const odd = { attribute: "plan", operator: "like", value: "pro" };

describe("a mistake in one of several shapes", () => {
  it.each<[string, object, string]>([
    ["an unknown operator", odd, "operator"],
    ["an unknown operator in groups", { all: [fine, { any: [{ not: odd }] }] }, "all.1.any.0.not.operator"],
    ["no operator", { attribute: "plan" }, "operator"],
    ["a value of another type", { all: [{ ...fine, operator: "gt" }] }, "all.0.value"],
    ["an empty group", { any: [] }, "any"],
    ["a group that is no list", { all: fine }, "all"],
    ["a list that is to be one condition", { not: [fine] }, "not"],
    ["a group with an operator", { all: [fine], operator: "eq" }, "operator"],
    ["a field too much", { ...fine, valeu: 1 }, "valeu"],
    ["an element of another type", { ...fine, operator: "in", value: ["a", null] }, "value.1"],
    ["text that is too long", { ...fine, value: "x".repeat(1001) }, "value"],
  ])("is named where the sender made it: %s", (_, condition, path) => {
    expect(paths(Condition, condition)).toEqual([path]);
  });

  it("is told what there is to choose from", () => {
    const [operator] = mistakes(Condition, { all: [fine, odd] });
    expect(operator?.message).toMatch(/^Use one of "eq", "neq", .*"not_in_audience"\.$/);
    const [value] = mistakes(Condition, { ...fine, value: [1] });
    expect(value?.message).toBe("Use text, a number or true or false.");
  });

  it("is of the shape that is nearest", () => {
    expect(mistakes(Prerequisites, [{ flag: "f" }, { experiment: "e" }])).toEqual([
      { path: "0.value", message: "This is needed." },
      { path: "1.variants", message: "This is needed." },
    ]);
  });

  it("is told of a key by the rule for keys", () => {
    const flag = { key: "f", type: "boolean", default_value: false, environments: { Production: {} } };
    expect(mistakes(NewFlag, flag)).toEqual([
      {
        path: "environments.Production",
        message: "Use lower-case letters, digits and -, starting with a letter or digit.",
      },
    ]);
  });

  it("is one of a hundred at most", () => {
    const rules = Array.from({ length: 50 }, () => ({ conditions: [odd, odd, odd], value: true }));
    const flag = { key: "f", type: "boolean", default_value: false, environments: { production: { rules } } };
    expect(mistakes(NewFlag, flag)).toHaveLength(100);
  });
});
