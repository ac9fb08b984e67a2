import * as fc from "fast-check";
import murmurhash from "murmurhash";
import { describe, expect, it } from "vitest";
import type { Assignment, Context, Units } from "../../contract/decision.ts";
import type { Ruleset, RulesetExperiment } from "../../contract/ruleset.ts";
import type { Condition } from "../../contract/targeting.ts";
import { type CompiledRuleset, compile as compileEncoded } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { evaluateExperiment, evaluateExperiments, evaluateFlag } from "../../core/evaluate.ts";
import { aFlag, aRuleset, anExperiment } from "./a-ruleset.ts";

const compile = (ruleset: Ruleset): CompiledRuleset => compileEncoded(encodeRuleset(ruleset));

interface Asked {
  readonly units: Units;
  readonly context: Context;
  readonly experiments?: readonly string[];
}

const decide = (compiled: CompiledRuleset, { experiments, ...asked }: Asked): Assignment[] => {
  const input = { ...asked, now: 1_750_000_000_000 };
  return experiments
    ? experiments.map((name) => evaluateExperiment(compiled, name, input))
    : evaluateExperiments(compiled, input);
};

const users = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);

const decideAll = (ruleset: Ruleset, user: string, context: Context = {}): Assignment[] =>
  decide(compile(ruleset), { units: { user_id: user }, context });

const decideOne = (ruleset: Ruleset, name: string, units: Record<string, string>, context: Context = {}) =>
  decide(compile(ruleset), { units, context, experiments: [name] });

const only = (experiment: RulesetExperiment): Ruleset => aRuleset({ experiments: [experiment] });

const withTraffic = (lastBucket: number) =>
  compile(only(anExperiment({ slots: [{ range_start: 0, range_end: lastBucket }] })));

const byCompany = only(anExperiment({ unit_type: "company_id" }));
const forCompany = (units: Record<string, string>, context: Context) =>
  decideOne(byCompany, "checkout_button", units, context)[0];

/** The contract, computed with the npm package and nothing of ours. */
const oracleBucket = (unit: string, salt: string): number => murmurhash.v3(`${unit}:${salt}`, 0) % 10_000;

describe("evaluateExperiments", () => {
  it("answers everything that the client needs of an assignment", () => {
    const [assignment] = decideAll(
      aRuleset(),
      users.find((user) => oracleBucket(user, "salt-checkout_button") >= 5_000) ?? "",
    );
    expect(assignment).toEqual({
      experiment_key: "checkout_button",
      experiment_id: "id-checkout_button",
      variant_key: "treatment",
      variant_id: "checkout_button-t",
      payload: { colour: "green" },
      reason: "assigned",
    });
  });

  it("follows the contract for every unit", () => {
    const compiled = compile(
      only(
        anExperiment({
          slots: [
            { range_start: 1_000, range_end: 2_999 },
            { range_start: 7_000, range_end: 8_499 },
          ],
        }),
      ),
    );
    for (const user of users) {
      const slot = oracleBucket(user, "salt-checkout_button/traffic");
      const isIn = (slot >= 1_000 && slot <= 2_999) || (slot >= 7_000 && slot <= 8_499);
      const variant = oracleBucket(user, "salt-checkout_button") < 5_000 ? "control" : "treatment";
      const [assignment] = decide(compiled, { units: { user_id: user }, context: {} });
      expect(assignment?.variant_key).toBe(isIn ? variant : undefined);
    }
  });

  it("answers all and by name alike", () => {
    const condition = fc.constantFrom<Condition[]>(
      { attribute: "country", operator: "in", value: ["US", "CA"] },
      { attribute: "visits", operator: "gt", value: 3 },
      { attribute: "country", operator: "neq", value: "US" },
    );
    const experiment = fc.record({
      layer: fc.constantFrom("one", "two"),
      status: fc.constantFrom<RulesetExperiment["status"][]>("running", "running", "paused", "completed"),
      unit_type: fc.constantFrom("user_id", "device_id"),
      conditions: fc.array(condition, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(
        fc.array(experiment, { maxLength: 8 }),
        fc.string({ minLength: 1 }),
        fc.record({ country: fc.constantFrom("US", "AT"), visits: fc.nat(6) }, { requiredKeys: [] }),
        fc.boolean(),
        (definitions, user, context, enabled) => {
          const width = Math.floor(10_000 / Math.max(1, definitions.length));
          const experiments = definitions.map(({ layer, status, unit_type, conditions }, index) =>
            anExperiment({
              key: `e${index}`,
              layer_salt: layer,
              status,
              unit_type,
              slots: [{ range_start: index * width, range_end: (index + 1) * width - 1 }],
              rules: conditions.length === 0 ? [] : [{ conditions }],
            }),
          );
          const compiled = compile(aRuleset({ experiments, enabled }));
          const input = { units: { user_id: user, device_id: `d-${user}` }, context };
          const all = decide(compiled, input);
          const named = decide(compiled, { ...input, experiments: experiments.map(({ key }) => key) });
          expect(named.map(({ experiment_key }) => experiment_key)).toEqual(experiments.map(({ key }) => key));
          expect(new Set(named.filter(({ reason }) => reason === "assigned"))).toEqual(new Set(all));
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  it("moves nobody between variants, and takes nobody out, when traffic is raised", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 9_999 }), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [before, after] = [withTraffic(low), withTraffic(high)];
        for (const user of users.slice(0, 200)) {
          const input = { units: { user_id: user }, context: {} };
          const [was] = decide(before, input);
          const [is] = decide(after, input);
          expect(was === undefined || was.variant_key === is?.variant_key).toBe(true);
        }
      }),
      { seed: 9, numRuns: 30 },
    );
  });

  it("puts nobody into two experiments of one layer", () => {
    const experiments = [0, 1, 2].map((index) =>
      anExperiment({
        key: `e${index}`,
        layer_salt: "shared",
        slots: [{ range_start: index * 3_000, range_end: index * 3_000 + 2_999 }],
      }),
    );
    const compiled = compile(aRuleset({ experiments }));
    const counts = users.map((user) => decide(compiled, { units: { user_id: user }, context: {} }).length);
    expect(Math.max(...counts)).toBe(1);
    // 90 % of the layer is taken: 1,800 of 2,000 expected, standard deviation 13.4.
    const assigned = counts.filter((count) => count === 1).length;
    expect(assigned).toBeGreaterThan(1_800 - 5 * 13.4);
    expect(assigned).toBeLessThan(1_800 + 5 * 13.4);
  });

  it("assigns experiments of different layers independently", () => {
    const compiled = compile(aRuleset({ experiments: [anExperiment({ key: "a" }), anExperiment({ key: "b" })] }));
    const both = users.filter((user) =>
      decide(compiled, { units: { user_id: user }, context: {} }).every(
        ({ variant_key }) => variant_key === "treatment",
      ),
    ).length;
    // A quarter of 2,000, standard deviation 19.4.
    expect(Math.abs(both - 500)).toBeLessThan(5 * 19.4);
  });
});

describe("the reason", () => {
  const nobody = anExperiment({ rules: [{ conditions: [{ attribute: "plan", operator: "eq", value: "none" }] }] });
  const slotless = anExperiment({ slots: [] });
  const user = { user_id: "u1" };

  it.each([
    ["environment_off", aRuleset({ enabled: false, experiments: [anExperiment({ status: "paused" })] }), {}],
    ["not_running", only(anExperiment({ status: "paused", slots: [] })), {}],
    ["not_running", only(anExperiment({ status: "completed" })), user],
    ["unit_missing", only({ ...nobody, slots: [] }), {}],
    ["unit_missing", only(anExperiment({ unit_type: "device_id" })), user],
    ["outside_slot", only({ ...nobody, slots: slotless.slots }), user],
    ["targeting", only(nobody), user],
    ["assigned", aRuleset(), user],
  ])("is %s by the first check that fails", (reason, ruleset, units: Record<string, string>) => {
    const [assignment] = decideOne(ruleset, "checkout_button", units);
    expect(assignment).toMatchObject({
      experiment_key: "checkout_button",
      experiment_id: "id-checkout_button",
      reason,
    });
  });

  it("is unknown_experiment for a name that nothing has", () => {
    expect(decideOne(aRuleset(), "nothing", user)).toEqual([
      {
        experiment_key: "nothing",
        experiment_id: null,
        variant_key: null,
        variant_id: null,
        payload: null,
        reason: "unknown_experiment",
      },
    ]);
  });

  it.each(["constructor", "__proto__"])("is unknown_experiment for %s", (name) => {
    expect(decideOne(aRuleset(), name, user)[0]?.reason).toBe("unknown_experiment");
  });

  it("is error for an experiment whose rule this version does not know, and the others are decided", () => {
    const broken = anExperiment({ key: "broken", rules: JSON.parse('[{"conditions":[{"operator":"sounds_like"}]}]') });
    const compiled = compile(aRuleset({ experiments: [broken, anExperiment()] }));
    const named = decide(compiled, { units: user, context: {}, experiments: ["broken", "checkout_button"] });
    expect(named.map(({ reason }) => reason)).toEqual(["error", "assigned"]);
    expect(decide(compiled, { units: user, context: {} }).map(({ experiment_key }) => experiment_key)).toEqual([
      "checkout_button",
    ]);
  });

  it("is error when a rule throws", () => {
    const context: Context = Object.defineProperty({}, "plan", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    expect(decideOne(only(nobody), "checkout_button", user, context)[0]?.reason).toBe("error");
  });

  it("is error when no variant owns the bucket", () => {
    const weightless = anExperiment({
      variants: anExperiment().variants.map((variant) => ({ ...variant, weight_bp: 0 })),
    });
    expect(decideOne(only(weightless), "checkout_button", user)[0]?.reason).toBe("error");
  });
});

describe("a unit", () => {
  it("is looked for among the units, then in the context", () => {
    expect(forCompany({ company_id: "acme" }, {})).toEqual(forCompany({}, { company_id: "acme" }));
    expect(forCompany({ company_id: "acme" }, { company_id: "other" })).toEqual(forCompany({ company_id: "acme" }, {}));
    expect(forCompany({}, { company_id: 42 })?.reason).toBe("unit_missing");
    expect(forCompany({}, { company_id: "" })?.reason).toBe("unit_missing");
  });

  it("is never something inherited", () => {
    const ruleset = only(anExperiment({ unit_type: "constructor" }));
    expect(decideOne(ruleset, "checkout_button", {})[0]?.reason).toBe("unit_missing");
  });
});

describe("an experiment", () => {
  it("can be asked for by its id", () => {
    expect(decideOne(aRuleset(), "id-checkout_button", { user_id: "u1" })).toEqual(
      decideOne(aRuleset(), "checkout_button", { user_id: "u1" }),
    );
  });
});

const nameOf = (level: number, side: number) => `level_${level}_${side}`;

describe("prerequisites of prerequisites", () => {
  it("are each decided once, however many wait for them", () => {
    // Thirty levels of two, each waiting for both of the next: asked for anew by everyone, that would be 2^30 decisions.
    const levels = 30;
    const experiments = Array.from({ length: levels }, (_, level) =>
      [0, 1].map((side) =>
        anExperiment({
          key: nameOf(level, side),
          ...(level + 1 < levels && {
            prerequisites: [0, 1].map((next) => ({
              experiment: nameOf(level + 1, next),
              variants: ["control", "treatment"],
            })),
          }),
        }),
      ),
    ).flat();
    expect(decideOne(aRuleset({ experiments }), nameOf(0, 0), { user_id: "u1" })).toMatchObject([
      { reason: "assigned" },
    ]);
  });
});

describe("an experiment that client keys may not know", () => {
  const ruleset = aRuleset({
    experiments: [anExperiment({ key: "secret", is_server_only: true })],
    flags: [
      aFlag({
        key: "button",
        type: "string",
        default_value: "plain",
        rules: [
          { name: "", conditions: [], experiment: { key: "secret", values: { control: "grey", treatment: "green" } } },
        ],
      }),
    ],
  });
  const input = { units: { user_id: "u1" }, context: {}, now: 0 };

  it("does not show through a flag that it hangs on", () => {
    expect(evaluateFlag(compile(ruleset), "button", { ...input, isClient: true })).toEqual({
      value: "plain",
      variant: "default",
      reason: "default",
    });
  });

  it("gives the flag its value for server keys", () => {
    expect(evaluateFlag(compile(ruleset), "button", input)).toMatchObject({
      reason: "experiment",
      experiment_key: "secret",
    });
  });
});
