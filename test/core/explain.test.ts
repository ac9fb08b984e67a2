import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Assignment, Context, ExplainStep, FlagDecision } from "../../contract/decision.ts";
import type { JsonValue } from "../../contract/json.ts";
import type { Ruleset, RulesetAudience, RulesetFlag } from "../../contract/ruleset.ts";
import type { Condition } from "../../contract/targeting.ts";
import { bucketOf } from "../../core/bucket.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { encodeIdList } from "../../core/id-list.ts";
import { type EvaluateInput, evaluateExperiment, evaluateFlag } from "../../core/evaluate.ts";
import { explainExperiment, explainFlag } from "../../core/explain.ts";
import { unitHash } from "../../core/unit-hash.ts";
import { aRuleset, anExperiment } from "./a-ruleset.ts";
import { anyInput } from "./any-input.ts";
import { anyRuleset, keyOfExperiment, keyOfFlag } from "./any-ruleset.ts";

const now = 1_700_000_000_000;

const input = (change: Partial<EvaluateInput> = {}): EvaluateInput => ({
  units: { user_id: "u1" },
  context: {},
  now,
  ...change,
});

const explained = (ruleset: Ruleset, change: Partial<EvaluateInput> = {}, name = "checkout_button"): Assignment =>
  explainExperiment(compile(encodeRuleset(ruleset)), name, input(change));

const explainedFlag = (ruleset: Ruleset, change: Partial<EvaluateInput> = {}): FlagDecision =>
  explainFlag(compile(encodeRuleset(ruleset)), "banner", input(change));

const valuesOf = (steps: readonly ExplainStep[] | undefined, check: ExplainStep["check"]) =>
  steps?.find((step) => step.check === check)?.values;

const checksOf = (steps: readonly ExplainStep[] | undefined) => steps?.map(({ check }) => check);

const aFlag = (change: Partial<RulesetFlag> = {}): RulesetFlag => ({
  id: "id-banner",
  key: "banner",
  type: "boolean",
  enabled: true,
  unit_type: "user_id",
  default_value: false,
  variants: {},
  rules: [],
  prerequisites: [],
  metadata: {},
  ...change,
});

const only = (change: Parameters<typeof anExperiment>[0]): Ruleset => aRuleset({ experiments: [anExperiment(change)] });

describe("an explanation", () => {
  it("comes to what the plain evaluation does, and has a step that failed exactly where that says so", () => {
    const withVariant = ["assigned", "sticky", "override"];
    fc.assert(
      fc.property(anyRuleset, anyInput, (ruleset, request) => {
        const compiled = compile(encodeRuleset(ruleset));
        for (let index = 0; index < 6; index++) {
          const name = keyOfExperiment(index);
          const { steps = [], ...assignment } = explainExperiment(compiled, name, request);
          expect(assignment).toEqual(evaluateExperiment(compiled, name, request));
          const failed = steps.map(({ passed }) => !passed);
          const isDecided = [...withVariant, "unknown_experiment"].includes(assignment.reason);
          expect([assignment.reason, failed.lastIndexOf(true)]).toEqual([
            assignment.reason,
            isDecided ? -1 : failed.length - 1,
          ]);
          expect(failed.filter(Boolean)).toHaveLength(isDecided ? 0 : 1);
        }
      }),
      { seed: 51, numRuns: 1_000 },
    );
  });

  it("of a flag comes to what the plain evaluation does, and ends where that was decided", () => {
    const lastOf: Record<string, [check: string, passed: boolean]> = {
      environment_off: ["environment", false],
      off: ["enabled", false],
      holdout: ["holdout", false],
      prerequisite: ["prerequisites", false],
      rule: ["rule", true],
      rollout: ["rule", true],
      experiment: ["rule", true],
      unit_missing: ["rule", false],
      error: ["rule", false],
      default: ["default", true],
      static: ["default", true],
    };
    fc.assert(
      fc.property(anyRuleset, anyInput, (ruleset, request) => {
        const compiled = compile(encodeRuleset(ruleset));
        for (let index = 0; index < 5; index++) {
          const { steps = [], ...decision } = explainFlag(compiled, keyOfFlag(index), request);
          expect(decision).toEqual(evaluateFlag(compiled, keyOfFlag(index), request));
          const last = steps.at(-1);
          const expected =
            decision.reason === "override"
              ? [decision.experiment_key === undefined ? "override" : "rule", true]
              : (lastOf[decision.reason] ?? [undefined, undefined]);
          expect([decision.reason, last?.check, last?.passed]).toEqual([decision.reason, ...expected]);
        }
      }),
      { seed: 52, numRuns: 1_000 },
    );
  });

  it("is the same JSON as it is in memory", () => {
    fc.assert(
      fc.property(anyRuleset, anyInput, (ruleset, request) => {
        const compiled = compile(encodeRuleset(ruleset));
        const all = [
          explainExperiment(compiled, keyOfExperiment(0), request),
          explainFlag(compiled, keyOfFlag(0), request),
        ];
        expect(JSON.parse(JSON.stringify(all))).toEqual(all);
      }),
      { seed: 53, numRuns: 300 },
    );
  });

  it("stays small, whatever the caller sends and however long lists are", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => `value-${index}`);
    const conditions: Condition[] = [
      { attribute: "a", operator: "not_in", value: values },
      { attribute: "long", operator: "exists" },
      { attribute: "deep", operator: "exists" },
    ];
    const context: Context = { a: values, long: "x".repeat(100_000), deep: { values: [values] } };
    const { steps } = explained(only({ rules: [{ conditions }] }), { context });
    expect(valuesOf(steps, "targeting")).toMatchObject({
      rules: [
        {
          conditions: [
            { value: values.slice(0, 20), value_count: 1_000, actual: values.slice(0, 20), actual_count: 1_000 },
            { actual: `${"x".repeat(200)}…` },
            { actual: `${JSON.stringify({ values: [values] }).slice(0, 200)}…` },
          ],
        },
      ],
    });
    expect(JSON.stringify(steps).length).toBeLessThan(5_000);
  });
});

const asks = (key: string): Condition => ({ operator: "in_audience", value: key });

/** The targeting of a unit on the free plan, by the audience of those who are on the pro plan or not on a list of devices. */
const vips = (device_id: string, isListed: boolean) => ({
  rules: [
    {
      conditions: [
        {
          operator: "in_audience",
          value: "vips",
          audience: {
            is_member: !isListed,
            rules: [
              {
                conditions: [{ attribute: "plan", operator: "eq", value: "pro", actual: "free", passed: false }],
                passed: false,
              },
              {
                conditions: [
                  {
                    operator: "not_in_audience",
                    value: "listed",
                    audience: {
                      is_member: isListed,
                      ids: { attribute: "device_id", actual: device_id, is_on_list: isListed },
                    },
                    passed: !isListed,
                  },
                ],
                passed: !isListed,
              },
            ],
          },
          passed: !isListed,
        },
      ],
      passed: !isListed,
    },
  ],
});

describe("the steps of an experiment", () => {
  it("are all checks in order, for a unit that is assigned", () => {
    const { steps, reason, variant_key } = explained(aRuleset());
    expect(reason).toBe("assigned");
    expect(checksOf(steps)).toEqual([
      "environment",
      "status",
      "dates",
      "override",
      "unit",
      "holdout",
      "slot",
      "targeting",
      "prerequisites",
      "variant",
    ]);
    expect(valuesOf(steps, "slot")).toEqual({
      bucket: bucketOf("u1", "salt-checkout_button/traffic"),
      slots: [[0, 9_999]],
      layer: "salt-checkout_button/traffic",
    });
    const bucket = bucketOf("u1", "salt-checkout_button");
    expect(variant_key).toBe(bucket < 5_000 ? "control" : "treatment");
    expect(valuesOf(steps, "variant")).toEqual({
      bucket,
      weights: [
        { variant: "control", weight_bp: 5_000 },
        { variant: "treatment", weight_bp: 5_000 },
      ],
    });
  });

  it.each([
    ["environment", aRuleset({ enabled: false }), {}, { environment: "production", enabled: false }],
    ["status", only({ status: "paused" }), {}, { status: "paused" }],
    ["dates", only({ starts_at: now + 1 }), {}, { now, starts_at: now + 1, ends_at: null }],
    ["unit", aRuleset(), { units: {} }, { unit_type: "user_id", unit: null }],
    [
      "slot",
      only({ slots: [] }),
      {},
      { bucket: bucketOf("u1", "salt-checkout_button/traffic"), slots: [], layer: "salt-checkout_button/traffic" },
    ],
    [
      "holdout",
      aRuleset({ holdouts: [{ key: "all", unit_type: "user_id", salt: "h", share_bp: 10_000, covers: null }] }),
      {},
      {
        holdouts: [
          { key: "all", unit_type: "user_id", bucket: bucketOf("u1", "h"), share_bp: 10_000, is_held_out: true },
        ],
      },
    ],
    [
      "prerequisites",
      aRuleset({
        experiments: [
          anExperiment({
            prerequisites: [
              { flag: "banner", value: true },
              { experiment: "other", variants: ["treatment"] },
            ],
          }),
        ],
        flags: [aFlag()],
      }),
      {},
      {
        prerequisites: [
          { flag: "banner", value: true, actual: false, reason: "static", passed: false },
          { experiment: "other", variants: ["treatment"], actual: null, reason: "unknown_experiment", passed: false },
        ],
      },
    ],
  ] as const)("end with %s where it fails, and show what was compared", (check, ruleset, change, values) => {
    const last = explained(ruleset, change).steps?.at(-1);
    expect(last).toEqual({ check, passed: false, values });
  });

  it("show every condition of every rule, groups nested", () => {
    const rules = [
      {
        conditions: [
          { attribute: "plan", operator: "in" as const, value: ["pro", "team"] },
          { not: { any: [{ attribute: "visits", operator: "gt" as const, value: 3 }] } },
          { operator: "in_audience" as const, value: "missing" },
        ],
      },
    ];
    const { steps } = explained(only({ rules }), { context: { plan: "pro", visits: 4 } });
    expect(steps?.at(-1)).toEqual({
      check: "targeting",
      passed: false,
      values: {
        rules: [
          {
            conditions: [
              { attribute: "plan", operator: "in", value: ["pro", "team"], actual: "pro", passed: true },
              {
                not: {
                  any: [{ attribute: "visits", operator: "gt", value: 3, actual: 4, passed: true }],
                  passed: true,
                },
                passed: false,
              },
              { operator: "in_audience", value: "missing", audience: null, passed: false },
            ],
            passed: false,
          },
        ],
      },
    });
  });

  it("show an audience's rules and list, with the values compared, and so on inwards", () => {
    const audiences: RulesetAudience[] = [
      {
        key: "vips",
        rules: [
          { conditions: [{ attribute: "plan", operator: "eq", value: "pro" }] },
          { conditions: [{ operator: "not_in_audience", value: "listed" }] },
        ],
      },
      { key: "listed", rules: [], ids: { attribute: "device_id", list: encodeIdList(["d1", "d2"]) } },
    ];
    const rules = [{ conditions: [{ operator: "in_audience" as const, value: "vips" }] }];
    const ruleset = aRuleset({ audiences, experiments: [anExperiment({ rules })] });
    const shown = (device_id: string) =>
      valuesOf(
        explained(ruleset, { units: { user_id: "u1", device_id }, context: { plan: "free" } }).steps,
        "targeting",
      );
    expect(shown("d1")).toEqual(vips("d1", true));
    expect(shown("d3")).toEqual(vips("d3", false));
  });

  it("show audiences to a depth, and only so many of them", () => {
    const chain = Array.from({ length: 9 }, (_, index) => ({
      key: `a${index}`,
      rules: [{ conditions: [asks(`a${index + 1}`)] }],
    }));
    const wide = Array.from({ length: 4 }, (_, level) => ({
      key: `w${level}`,
      rules: [{ conditions: Array.from({ length: 20 }, () => asks(`w${level + 1}`)) }],
    }));
    const text = (key: string): string =>
      JSON.stringify(
        explained(
          aRuleset({
            audiences: [...chain, ...wide],
            experiments: [anExperiment({ rules: [{ conditions: [asks(key)] }] })],
          }),
        ).steps,
      );
    expect(text("a0")).toContain('"value":"a4","audience":{"is_cut":true}');
    expect(text("a0")).not.toContain("a5");
    expect(text("w0").split('"is_member"').length - 1).toBe(20);
    expect(text("w0").length).toBeLessThan(50_000);
  });

  it("show a cycle of audiences once", () => {
    const rules = [{ conditions: [{ operator: "in_audience" as const, value: "a" }] }];
    const { steps } = explained(aRuleset({ audiences: [{ key: "a", rules }], experiments: [anExperiment({ rules })] }));
    expect(steps?.at(-1)).toMatchObject({
      values: {
        rules: [{ conditions: [{ audience: { rules: [{ conditions: [{ audience: { is_cut: true } }] }] } }] }],
      },
    });
  });

  it.each<[name: string, value: JsonValue, actual: JsonValue, shown: readonly [JsonValue, JsonValue]]>([
    [
      "small objects",
      { b: 1, a: [2, { c: null }] },
      { b: 2, a: [2] },
      ['{"a":[2,{"c":null}],"b":1}', '{"a":[2],"b":2}'],
    ],
    [
      "large objects",
      { a: "x".repeat(300), b: 1, c: 1 },
      { c: 1, b: 2, a: "x".repeat(300) },
      [`…${"x".repeat(44)}","b":1,"c":1}`, `…${"x".repeat(44)}","b":2,"c":1}`],
    ],
    ["long texts", `${"x".repeat(300)}a`, `${"x".repeat(300)}b`, [`…${"x".repeat(50)}a`, `…${"x".repeat(50)}b`]],
    ["what begins differently", "x".repeat(300), "y", [`${"x".repeat(200)}…`, "y"]],
    ["an object and a number", { a: 1 }, 1, ['{"a":1}', 1]],
    ["an object and nothing", { a: 1 }, null, ['{"a":1}', null]],
  ])("show where %s differ", (_, value, actual, [shownValue, shownActual]) => {
    const { steps } = explained(
      aRuleset({
        experiments: [anExperiment({ prerequisites: [{ flag: "banner", value }] })],
        flags: [aFlag({ type: "object", default_value: actual })],
      }),
    );
    expect(steps?.at(-1)).toMatchObject({
      check: "prerequisites",
      values: { prerequisites: [{ value: shownValue, actual: shownActual, passed: false }] },
    });
  });

  it("show objects that are the same alike, however their keys are ordered", () => {
    const { steps } = explained(
      aRuleset({
        experiments: [anExperiment({ prerequisites: [{ flag: "banner", value: { a: 1, b: 2 } }] })],
        flags: [aFlag({ type: "object", default_value: { b: 2, a: 1 } })],
      }),
    );
    expect(valuesOf(steps, "prerequisites")).toMatchObject({
      prerequisites: [{ value: '{"a":1,"b":2}', actual: '{"a":1,"b":2}', passed: true }],
    });
  });

  it("say which condition is broken", () => {
    const rules = [{ conditions: [{ attribute: "a", operator: "matches" as const, value: "(a+)+$" }] }];
    const { reason, steps } = explained(only({ rules }), { context: { a: "aaa" } });
    expect(reason).toBe("error");
    expect(steps?.at(-1)).toMatchObject({
      check: "targeting",
      passed: false,
      values: { rules: [{ conditions: [{ is_broken: true, passed: false }] }] },
    });
  });

  it("end with an override, and with a variant that is kept", () => {
    const override = {
      experiment: "checkout_button",
      unit_type: "user_id",
      unit_hash: unitHash("user_id", "u1"),
      variant: "treatment",
    };
    const others = [
      { ...override, unit_type: "device_id", unit_hash: unitHash("device_id", "d1"), variant: "control" },
      { ...override, variant: "gone" },
    ];
    const units = { user_id: "u1", device_id: "d2" };
    const overridden = explained(aRuleset({ overrides: [...others, override] }), { units });
    expect(overridden.steps?.at(-1)).toEqual({
      check: "override",
      passed: true,
      values: { variant: "treatment", unit_type: "user_id", unit: "u1" },
    });
    const kept = explained(only({ is_sticky: true }), { sticky: { checkout_button: "control" } });
    expect(kept.reason).toBe("sticky");
    expect(kept.steps?.at(-1)).toEqual({ check: "sticky", passed: true, values: { variant: "control" } });
  });

  it("are none for an experiment that there is not", () => {
    expect(explained(aRuleset(), {}, "nothing")).toMatchObject({ reason: "unknown_experiment", steps: [] });
  });
});

describe("the steps of a flag", () => {
  const rules: RulesetFlag["rules"] = [
    { name: "staff", conditions: [{ attribute: "staff", operator: "eq", value: true }], value: true },
    {
      name: "ramp",
      conditions: [],
      value: true,
      rollout: {
        share_bp: 0,
        salt: "ramp",
        unit_type: "user_id",
        schedule: [
          { at: now - 1, share_bp: 1 },
          { at: now + 1, share_bp: 10_000 },
        ],
      },
    },
    {
      name: "test",
      conditions: [],
      experiment: { key: "checkout_button", values: { control: false, treatment: true } },
    },
  ];

  it("say why each rule did or did not apply", () => {
    const { steps, reason, experiment_key } = explainedFlag(aRuleset({ flags: [aFlag({ rules })] }));
    const { variant_key } = explained(aRuleset());
    expect([reason, experiment_key]).toEqual(["experiment", "checkout_button"]);
    expect(checksOf(steps)).toEqual([
      "environment",
      "enabled",
      "override",
      "holdout",
      "prerequisites",
      "rule",
      "rule",
      "rule",
    ]);
    expect(steps?.slice(-3)).toEqual([
      {
        check: "rule",
        passed: false,
        values: {
          rule: 1,
          name: "staff",
          conditions: [{ attribute: "staff", operator: "eq", value: true, actual: null, passed: false }],
        },
      },
      {
        check: "rule",
        passed: false,
        values: {
          rule: 2,
          name: "ramp",
          conditions: [],
          rollout: { unit_type: "user_id", unit: "u1", bucket: bucketOf("u1", "ramp"), share_bp: 1 },
        },
      },
      {
        check: "rule",
        passed: true,
        values: {
          rule: 3,
          name: "test",
          conditions: [],
          experiment: { key: "checkout_button", actual: variant_key, reason: "assigned" },
        },
      },
    ]);
  });

  it("end with an override, and say whose it is", () => {
    const overrides = [
      { flag: "banner", unit_type: "device_id", unit_hash: unitHash("device_id", "d1"), value: true },
      { flag: "banner", unit_type: "user_id", unit_hash: unitHash("user_id", "u1"), value: false },
    ];
    const ruleset = aRuleset({ flags: [aFlag()], overrides });
    expect(explainedFlag(ruleset, { units: { user_id: "u1", device_id: "d1" } }).steps?.at(-1)).toEqual({
      check: "override",
      passed: true,
      values: { value: true, unit_type: "device_id", unit: "d1" },
    });
    expect(valuesOf(explainedFlag(ruleset, { units: {} }).steps, "override")).toEqual({ value: null });
  });

  it("end with the default when no rule applies", () => {
    const { steps } = explainedFlag(aRuleset({ flags: [aFlag({ rules: rules.slice(0, 2) })] }));
    expect(steps?.at(-1)).toEqual({ check: "default", passed: true, values: { value: false } });
  });

  it("are none for a flag that there is not", () => {
    expect(explainedFlag(aRuleset())).toMatchObject({ reason: "unknown_flag", steps: [] });
  });
});
