import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context, Units } from "../../contract/decision.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { RulesetAudience } from "../../contract/ruleset.ts";
import { Condition, type Rule } from "../../contract/targeting.ts";
import { encodeIdList } from "../../core/id-list.ts";
import { compileAudiences, compileCondition, compileRules } from "../../core/targeting.ts";

const noAudiences = compileAudiences([]);

const holds = (condition: Condition, context: Context, units: Units = {}): boolean =>
  compileCondition(condition, noAudiences)({ context, units });

const matches = (rules: readonly Rule[], context: Context, audiences = noAudiences, units: Units = {}): boolean =>
  compileRules(rules, audiences)({ context, units });

/** A condition on the attribute `a`. */
const on = (operator: string, value?: JsonValue): Condition =>
  Condition.parse({ attribute: "a", operator, ...(value !== undefined && { value }) });

const inside = (key: string): Rule[] => [{ conditions: [{ operator: "in_audience", value: key }] }];
const outside = (key: string): Rule[] => [{ conditions: [{ operator: "not_in_audience", value: key }] }];

const anAudience = (key: string, rules: Rule[], ids?: RulesetAudience["ids"]): RulesetAudience => ({
  key,
  rules,
  ...(ids && { ids }),
});

interface Row {
  readonly condition: Condition;
  /** Values on which it holds, the edge of what it accepts first. */
  readonly yes: readonly JsonValue[];
  /** Values of the right type on which it does not, the edge of what it refuses first. */
  readonly no: readonly JsonValue[];
  /** Values of a type that the operator does not read. */
  readonly mistyped: readonly JsonValue[];
  /** What a missing, null or mistyped attribute makes of it. */
  readonly otherwise: boolean;
}

const rows: readonly Row[] = [
  {
    condition: on("eq", "x"),
    yes: ["x"],
    no: ["X", "", "x "],
    mistyped: [5, true, ["x"], { x: "x" }],
    otherwise: false,
  },
  { condition: on("eq", 5), yes: [5], no: [5.000001, -5], mistyped: ["5", true, [5]], otherwise: false },
  { condition: on("eq", 0), yes: [0, -0], no: [1], mistyped: [false, "", "0", []], otherwise: false },
  { condition: on("eq", false), yes: [false], no: [true], mistyped: [0, "", "false"], otherwise: false },
  { condition: on("neq", "x"), yes: ["X", "y", ""], no: ["x"], mistyped: [5, true, ["x"]], otherwise: true },
  { condition: on("neq", 5), yes: [6], no: [5], mistyped: ["5", true, [5]], otherwise: true },
  { condition: on("in", ["x", 5]), yes: ["x", 5], no: ["y", 6], mistyped: ["5", true, ["x"], {}], otherwise: false },
  { condition: on("not_in", ["x", 5]), yes: ["y", 6], no: ["x", 5], mistyped: ["5", true, ["x"], {}], otherwise: true },
  { condition: on("gt", 5), yes: [5.000001, 1e300], no: [5, -6], mistyped: ["6", true, [6]], otherwise: false },
  { condition: on("gte", 5), yes: [5, 6], no: [4.999999], mistyped: ["5", true, [5]], otherwise: false },
  { condition: on("lt", 5), yes: [4.999999, -1e300], no: [5, 6], mistyped: ["4", false, [4]], otherwise: false },
  { condition: on("lte", 5), yes: [5, 4], no: [5.000001], mistyped: ["5", false, [5]], otherwise: false },
  {
    condition: on("contains", "bet"),
    yes: ["bet", "alphabet", ["alpha", "bet"]],
    no: ["BET", "", "be", [], ["alphabet"], [["bet"]]],
    mistyped: [5, true, { bet: "bet" }],
    otherwise: false,
  },
  { condition: on("contains", 5), yes: [[5], [1, 5]], no: [["5"], []], mistyped: ["5", 5, 55, {}], otherwise: false },
  { condition: on("contains", true), yes: [[true]], no: [["true"], [1]], mistyped: ["true", true], otherwise: false },
  {
    condition: on("not_contains", "bet"),
    yes: ["be", "", [], ["alphabet"]],
    no: ["bet", "alphabet", ["bet"]],
    mistyped: [5, true, { bet: "bet" }],
    otherwise: true,
  },
  {
    condition: on("starts_with", "ab"),
    yes: ["ab", "abc"],
    no: ["a", "AB", "xab"],
    mistyped: [5, ["ab"]],
    otherwise: false,
  },
  {
    condition: on("ends_with", "bc"),
    yes: ["bc", "abc"],
    no: ["c", "BC", "bcx"],
    mistyped: [5, ["bc"]],
    otherwise: false,
  },
  {
    condition: on("matches", "^a+$"),
    yes: ["a", "a".repeat(1_024)],
    no: ["", "ab", "a".repeat(1_025)],
    mistyped: [5, ["a"], true],
    otherwise: false,
  },
  { condition: on("exists"), yes: ["", 0, false, [], {}, "x"], no: [], mistyped: [], otherwise: false },
  { condition: on("not_exists"), yes: [], no: ["", 0, false, [], {}, "x"], mistyped: [], otherwise: true },
  {
    condition: on("semver_eq", "1.2.0"),
    yes: ["1.2.0", "v1.2", "1.2.0+build"],
    no: ["1.2.1", "1.2.0-rc.1"],
    mistyped: ["1.2.x", "", 1.2, ["1.2.0"]],
    otherwise: false,
  },
  {
    condition: on("semver_gt", "1.9.0"),
    yes: ["1.9.1", "1.10.0", "2"],
    no: ["1.9.0", "1.8.9", "1.9.0-rc.1"],
    mistyped: ["newest", 2, true],
    otherwise: false,
  },
  {
    condition: on("semver_gte", "1.9.0"),
    yes: ["1.9.0", "1.10.0"],
    no: ["1.9.0-rc.1", "1.8.99"],
    mistyped: ["newest", 2],
    otherwise: false,
  },
  {
    condition: on("semver_lt", "1.9.0"),
    yes: ["1.9.0-rc.1", "1.8.99", "0"],
    no: ["1.9.0", "1.10.0"],
    mistyped: ["oldest", 1],
    otherwise: false,
  },
  {
    condition: on("semver_lte", "1.9.0"),
    yes: ["1.9.0", "1.8"],
    no: ["1.9.1-alpha", "1.10.0"],
    mistyped: ["oldest", 1],
    otherwise: false,
  },
  {
    condition: on("before", "2026-01-01T00:00:00Z"),
    yes: ["2025-12-31T23:59:59.999Z", "2026-01-01T00:30:00+01:00", 0, Date.UTC(2025, 0, 1)],
    no: ["2026-01-01T00:00:00Z", "2026-01-01", Date.UTC(2026, 0, 1)],
    mistyped: ["yesterday", "", true, ["2025-01-01"], "1735689600000"],
    otherwise: false,
  },
  {
    condition: on("after", "2026-01-01T00:00:00Z"),
    yes: ["2026-01-01T00:00:00.001Z", "2026-01-02", Date.UTC(2026, 0, 2)],
    no: ["2026-01-01T00:00:00Z", "2025-06-01", 0],
    mistyped: ["tomorrow", "", true, ["2027-01-01"]],
    otherwise: false,
  },
];

/** Every row at once: one test for each condition and value. */
const casesOf = <Value>(values: (row: Row) => readonly Value[], expected: (row: Row) => boolean) =>
  rows.flatMap((row) => values(row).map((value) => [row.condition, value, expected(row)] as const));

describe("a condition", () => {
  it.each(
    casesOf(
      ({ yes }) => yes,
      () => true,
    ),
  )("%o on %o holds", (condition, value, expected) => {
    expect(holds(condition, { a: value })).toBe(expected);
  });

  it.each(
    casesOf(
      ({ no }) => no,
      () => false,
    ),
  )("%o on %o does not hold", (condition, value, expected) => {
    expect(holds(condition, { a: value })).toBe(expected);
  });

  it.each(
    casesOf(
      ({ mistyped }) => mistyped,
      ({ otherwise }) => otherwise,
    ),
  )("%o on the mistyped %o is %s", (condition, value, expected) => {
    expect(holds(condition, { a: value })).toBe(expected);
  });

  it.each(
    casesOf(
      () => [null, undefined],
      ({ otherwise }) => otherwise,
    ),
  )("%o on the missing %o is %s", (condition, value, expected) => {
    expect(holds(condition, value === undefined ? {} : { a: value })).toBe(expected);
  });

  it("is tested here with every operator there is", () => {
    const tested = new Set(rows.map(({ condition }) => ("operator" in condition ? condition.operator : "")));
    expect([...tested].toSorted()).toEqual(
      [
        "after before contains ends_with eq exists gt gte in lt lte matches neq not_contains not_exists not_in",
        "semver_eq semver_gt semver_gte semver_lt semver_lte starts_with",
      ]
        .join(" ")
        .split(" "),
    );
  });

  it("is the opposite of its negation, whatever the attribute is", () => {
    const values = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(fc.jsonValue(), values, (attribute, value) => {
        const context = { a: attribute } as Context;
        expect(holds(on("neq", value), context)).toBe(!holds(on("eq", value), context));
        expect(holds(on("not_in", [value]), context)).toBe(!holds(on("in", [value]), context));
        expect(holds(on("in", [value]), context)).toBe(holds(on("eq", value), context));
        expect(holds(on("not_contains", value), context)).toBe(!holds(on("contains", value), context));
        expect(holds(on("not_exists"), context)).toBe(!holds(on("exists"), context));
      }),
      { seed: 6 },
    );
  });

  it("orders every two numbers and every two instants", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const relations = (["lt", "lte", "gt", "gte"] as const).map((operator) => holds(on(operator, b), { a }));
        expect(relations).toEqual([a < b, a <= b, a > b, a >= b]);
        const wanted = new Date(b * 1_000).toISOString();
        expect(holds(on("before", wanted), { a: a * 1_000 })).toBe(a < b);
        expect(holds(on("after", wanted), { a: new Date(a * 1_000).toISOString() })).toBe(a > b);
      }),
      { seed: 7 },
    );
  });

  it("reads a unit where the context does not have the attribute", () => {
    const isU1: Condition = { attribute: "user_id", operator: "eq", value: "u1" };
    expect(holds(isU1, {}, { user_id: "u1" })).toBe(true);
    expect(holds(isU1, { user_id: "u2" }, { user_id: "u1" })).toBe(false);
  });

  it.each([
    ['{"attribute": "a", "operator": "sounds_like", "value": "x"}', "sounds_like"],
    ['{"attribute": "a", "operator": "matches", "value": "(a+)+"}', "repeated already"],
    ['{"attribute": "a", "operator": "semver_gt", "value": "newest"}', "no version"],
    ['{"attribute": "a", "operator": "after", "value": "now"}', "no instant"],
  ])("does not compile when it is %s", (text, message) => {
    const condition = JSON.parse(text) as Condition;
    expect(() => compileCondition(condition, noAudiences)).toThrow(message);
    expect(() => compileCondition({ not: { any: [condition] } }, noAudiences)).toThrow(message);
  });
});

const isTrue = (attribute: string): Condition => ({ attribute, operator: "eq", value: true });

type Expected = (context: Readonly<Record<string, boolean>>) => boolean;

type Nested = readonly [Condition, Expected];

const single = (name: string): Nested => [isTrue(name), (context) => context[name] === true];

describe("a group", () => {
  const all = (members: readonly Nested[]): Nested => [
    { all: members.map(([each]) => each) },
    (context) => members.every(([, expected]) => expected(context)),
  ];
  const any = (members: readonly Nested[]): Nested => [
    { any: members.map(([each]) => each) },
    (context) => members.some(([, expected]) => expected(context)),
  ];
  const not = ([member, expected]: Nested): Nested => [{ not: member }, (context) => !expected(context)];

  /** Any nesting of `x`, `y` and `z`, and what it should come to. */
  const { group: groups } = fc.letrec<{ group: Nested }>((tie) => ({
    group: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      fc.constantFrom("x", "y", "z").map(single),
      fc.array(tie("group"), { minLength: 1, maxLength: 3 }).map(all),
      fc.array(tie("group"), { minLength: 1, maxLength: 3 }).map(any),
      tie("group").map(not),
    ),
  }));

  it("is what its members make of it, however deep they are nested", () => {
    fc.assert(
      fc.property(groups, fc.boolean(), fc.boolean(), fc.boolean(), ([group, expected], x, y, z) => {
        expect(holds(group, { x, y, z })).toBe(expected({ x, y, z }));
      }),
      { seed: 8, numRuns: 1_000 },
    );
  });

  it("is turned around by not, even where its attribute is missing", () => {
    expect(holds({ not: on("gt", 5) }, {})).toBe(true);
    expect(holds({ not: on("neq", 5) }, {})).toBe(false);
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
        expect(matches(rules, { x, y, z })).toBe((x && y) || z);
      }),
      { seed: 7 },
    );
  });

  it("let everyone in when there are none", () => {
    expect(matches([], {})).toBe(true);
  });
});

describe("an audience", () => {
  const visits: Rule[] = [{ conditions: [{ attribute: "visits", operator: "gt", value: 1 }] }];
  const ids = { attribute: "user_id", list: encodeIdList(["u1", "u2"]) };

  it.each([
    [{ visits: 2 }, true],
    [{ visits: 1 }, false],
    [{}, false],
  ])("of returning users on %o: membership is %s", (context, isMember) => {
    const audiences = compileAudiences([anAudience("returning", visits)]);
    expect(matches(inside("returning"), context, audiences)).toBe(isMember);
    expect(matches(outside("returning"), context, audiences)).toBe(!isMember);
  });

  it("has those on its list of ids as members, by attribute or by unit", () => {
    const audiences = compileAudiences([anAudience("beta", [], ids)]);
    expect(matches(inside("beta"), {}, audiences, { user_id: "u1" })).toBe(true);
    expect(matches(inside("beta"), { user_id: "u2" }, audiences)).toBe(true);
    expect(matches(inside("beta"), {}, audiences, { user_id: "u3" })).toBe(false);
    expect(matches(inside("beta"), { user_id: 1 }, audiences)).toBe(false);
    expect(matches(outside("beta"), {}, audiences)).toBe(true);
  });

  it("with rules and a list has the members of both", () => {
    const audiences = compileAudiences([anAudience("beta", visits, ids)]);
    expect(matches(inside("beta"), {}, audiences, { user_id: "u1" })).toBe(true);
    expect(matches(inside("beta"), { visits: 2 }, audiences, { user_id: "u3" })).toBe(true);
    expect(matches(inside("beta"), { visits: 1 }, audiences, { user_id: "u3" })).toBe(false);
  });

  it("with neither has no members", () => {
    expect(matches(inside("empty"), {}, compileAudiences([anAudience("empty", [])]))).toBe(false);
  });

  it("may refer to another that is defined after it", () => {
    const audiences = compileAudiences([anAudience("new", outside("returning")), anAudience("returning", visits)]);
    expect(matches(inside("new"), { visits: 1 }, audiences)).toBe(true);
    expect(matches(inside("new"), { visits: 2 }, audiences)).toBe(false);
  });

  it("that does not exist has no members", () => {
    expect(matches(inside("nobody"), { visits: 2 })).toBe(false);
    expect(matches(outside("nobody"), { visits: 2 })).toBe(true);
  });

  it("that refers to itself has no members inside itself", () => {
    const audiences = compileAudiences([anAudience("loop", [...inside("loop"), ...visits])]);
    expect(matches(inside("loop"), { visits: 2 }, audiences)).toBe(true);
    expect(matches(inside("loop"), { visits: 1 }, audiences)).toBe(false);
  });

  it("that does not compile spoils what refers to it and nothing else", () => {
    const hostile: Rule[] = [{ conditions: [{ attribute: "a", operator: "matches", value: "(a+)+" }] }];
    const audiences = compileAudiences([anAudience("hostile", hostile), anAudience("returning", visits)]);
    expect(() => compileRules(inside("hostile"), audiences)).toThrow("repeated already");
    expect(() => compileRules(outside("hostile"), audiences)).toThrow("repeated already");
    expect(matches(inside("returning"), { visits: 2 }, audiences)).toBe(true);
  });
});
