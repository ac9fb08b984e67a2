import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context } from "../../contract/decision.ts";
import type { Condition, Rule, Scalar } from "../../contract/targeting.ts";
import { compileAudiences, compileRules } from "../../core/targeting.ts";

const noAudiences = compileAudiences([]);

const holds = (condition: Condition, context: Context): boolean =>
  compileRules([{ conditions: [condition] }], noAudiences)(context);

type AttributeOperator = Extract<Condition, { attribute: string }>["operator"];

/** A condition on the attribute `a`. */
const on = (operator: AttributeOperator, value: Scalar | Scalar[]): Condition =>
  ({ attribute: "a", operator, value }) as Condition;

const inside = (key: string): Rule[] => [{ conditions: [{ operator: "in_audience", value: key }] }];
const outside = (key: string): Rule[] => [{ conditions: [{ operator: "not_in_audience", value: key }] }];

describe("a condition", () => {
  it.each([
    [on("eq", "x"), { a: "x" }, true],
    [on("eq", "x"), { a: "y" }, false],
    [on("eq", 5), { a: "5" }, false],
    [on("eq", true), { a: "true" }, false],
    [on("eq", 0), { a: false }, false],
    [on("neq", "x"), { a: "y" }, true],
    [on("neq", "x"), { a: "x" }, false],
    [on("neq", 5), { a: "5" }, true],
    [on("in", ["x", 5]), { a: 5 }, true],
    [on("in", ["x", 5]), { a: "5" }, false],
    [on("in", ["x"]), { a: ["x"] }, false],
    [on("not_in", ["x", 5]), { a: "5" }, true],
    [on("not_in", ["x", 5]), { a: "x" }, false],
    [on("gt", 5), { a: 5.1 }, true],
    [on("gt", 5), { a: 5 }, false],
    [on("gt", 5), { a: "6" }, false],
    [on("lt", 5), { a: 4.9 }, true],
    [on("lt", 5), { a: 5 }, false],
    [on("lt", 5), { a: null }, false],
    [on("contains", "bet"), { a: "alphabet" }, true],
    [on("contains", "BET"), { a: "alphabet" }, false],
    [on("contains", "beta"), { a: ["alpha", "beta"] }, true],
    [on("contains", "bet"), { a: ["alpha", "beta"] }, false],
    [on("contains", "5"), { a: 5 }, false],
  ])("%o on %o is %s", (condition, context, expected) => {
    expect(holds(condition, context)).toBe(expected);
  });

  it.each([
    [on("eq", "x"), false],
    [on("in", ["x"]), false],
    [on("gt", -1), false],
    [on("lt", 1), false],
    [on("contains", "x"), false],
    [on("neq", "x"), true],
    [on("not_in", ["x"]), true],
  ])("%o on a missing attribute is %s", (condition, expected) => {
    expect(holds(condition, {})).toBe(expected);
  });

  it("is the opposite of its negation, whatever the attribute is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), (attribute, value) => {
        const context = { a: attribute } as Context;
        expect(holds(on("neq", value), context)).toBe(!holds(on("eq", value), context));
        expect(holds(on("not_in", [value]), context)).toBe(!holds(on("in", [value]), context));
        expect(holds(on("in", [value]), context)).toBe(holds(on("eq", value), context));
      }),
      { seed: 6 },
    );
  });

  it("does not compile with an operator that this version does not know", () => {
    const unknown = JSON.parse('{"attribute": "a", "operator": "sounds_like", "value": "x"}') as Condition;
    expect(() => compileRules([{ conditions: [unknown] }], noAudiences)).toThrow("sounds_like");
  });
});

describe("rules", () => {
  const isX: Condition = { attribute: "x", operator: "eq", value: true };
  const isY: Condition = { attribute: "y", operator: "eq", value: true };
  const isZ: Condition = { attribute: "z", operator: "eq", value: true };

  it("are OR-ed, and their conditions AND-ed", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (x, y, z) => {
        const rules: Rule[] = [{ conditions: [isX, isY] }, { conditions: [isZ] }];
        expect(compileRules(rules, noAudiences)({ x, y, z })).toBe((x && y) || z);
      }),
      { seed: 7 },
    );
  });

  it("let everyone in when there are none", () => {
    expect(compileRules([], noAudiences)({})).toBe(true);
  });
});

describe("an audience", () => {
  const visits: Rule[] = [{ conditions: [{ attribute: "visits", operator: "gt", value: 1 }] }];

  it.each([
    [{ visits: 2 }, true],
    [{ visits: 1 }, false],
    [{}, false],
  ])("of returning users on %o: membership is %s", (context, isMember) => {
    const audiences = compileAudiences([{ key: "returning", rules: visits }]);
    expect(compileRules(inside("returning"), audiences)(context)).toBe(isMember);
    expect(compileRules(outside("returning"), audiences)(context)).toBe(!isMember);
  });

  it("may refer to another that is defined after it", () => {
    const audiences = compileAudiences([
      { key: "new", rules: outside("returning") },
      { key: "returning", rules: visits },
    ]);
    expect(compileRules(inside("new"), audiences)({ visits: 1 })).toBe(true);
    expect(compileRules(inside("new"), audiences)({ visits: 2 })).toBe(false);
  });

  it("that does not exist has no members", () => {
    expect(compileRules(inside("nobody"), noAudiences)({ visits: 2 })).toBe(false);
    expect(compileRules(outside("nobody"), noAudiences)({ visits: 2 })).toBe(true);
  });

  it("that refers to itself has no members inside itself", () => {
    const audiences = compileAudiences([{ key: "loop", rules: [...inside("loop"), ...visits] }]);
    expect(compileRules(inside("loop"), audiences)({ visits: 2 })).toBe(true);
    expect(compileRules(inside("loop"), audiences)({ visits: 1 })).toBe(false);
  });
});
