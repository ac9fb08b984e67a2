import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Prerequisite } from "../../contract/prerequisite.ts";
import type { Ruleset, RulesetFlag, RulesetFlagRule } from "../../contract/ruleset.ts";
import { assignmentsText } from "../../core/answer.ts";
import { compile } from "../../core/compile.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import {
  type EvaluateInput,
  evaluateExperiment,
  evaluateExperiments,
  evaluateFlag,
  evaluateFlags,
} from "../../core/evaluate.ts";
import vectors from "../fixtures/assignment.json" with { type: "json" };
import { aRuleset, anExperiment } from "./a-ruleset.ts";

const compiled = (change: Partial<Ruleset>) => compile(encodeRuleset(aRuleset(change)));

const forUser = (user: string, change: Partial<EvaluateInput> = {}): EvaluateInput => ({
  units: { user_id: user },
  context: {},
  now: 1_750_000_000_000,
  ...change,
});

const aFlag = (change: Partial<RulesetFlag> = {}): RulesetFlag => ({
  id: `id-${change.key ?? "new_checkout"}`,
  key: "new_checkout",
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

const aRollout = (share_bp: number): RulesetFlagRule => ({
  name: "",
  conditions: [],
  value: true,
  rollout: { share_bp, salt: "ramp", unit_type: "user_id", schedule: [] },
});

const rolledOut = (share: number) => compiled({ flags: [aFlag({ rules: [aRollout(share)] })] });

const asks = (key: string, ...prerequisites: Prerequisite[]) => anExperiment({ key, prerequisites });

const inVariant = (experiment: string): Prerequisite => ({ experiment, variants: ["control", "treatment"] });

describe("a compiled ruleset", () => {
  it.each(vectors.variants)("gives $unit the variant $variant under $salt", ({ unit, salt, variants, variant }) => {
    const experiment = anExperiment({
      salt,
      layer_salt: `${salt}/traffic`,
      variants: variants.map(({ key, weight_bp }) => ({ id: key, key, weight_bp, is_control: false, config: null })),
    });
    const ruleset = compiled({ experiments: [experiment] });
    expect(evaluateExperiments(ruleset, forUser(unit)).map(({ variant_key }) => variant_key)).toEqual([variant]);
    expect(evaluateExperiment(ruleset, experiment.key, forUser(unit)).variant_key).toBe(variant);
  });

  it.each(vectors.layers)(
    "puts $unit into $experiment of the layer $layer_salt",
    ({ unit, layer_salt, slots, experiment }) => {
      const names = [...new Set(slots.map((slot) => slot.experiment))];
      const ruleset = compiled({
        experiments: names.map((key) =>
          anExperiment({
            key,
            layer_salt,
            slots: slots
              .filter((slot) => slot.experiment === key)
              .map(({ range_start, range_end }) => ({ range_start, range_end })),
          }),
        ),
      });
      const expected = experiment === null ? [] : [experiment];
      expect(evaluateExperiments(ruleset, forUser(unit)).map(({ experiment_key }) => experiment_key)).toEqual(expected);
      expect(names.filter((key) => evaluateExperiment(ruleset, key, forUser(unit)).reason === "assigned")).toEqual(
        expected,
      );
    },
  );

  it("takes nobody out of a flag's rollout when its share is raised", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
        const [before, after] = [rolledOut(Math.min(a, b)), rolledOut(Math.max(a, b))];
        for (let user = 0; user < 100; user++) {
          const input = forUser(`user-${user}`);
          const was = evaluateFlag(before, "new_checkout", input).value;
          expect([was, true]).toContain(evaluateFlag(after, "new_checkout", input).value);
        }
      }),
      { seed: 61, numRuns: 50 },
    );
  });

  it("knows its experiments by key and by id, its flags and its SDK keys", () => {
    const key = { id: "key-1", type: "client", hash: "abc" } as const;
    const ruleset = compiled({ flags: [aFlag(), aFlag({ key: "__proto__" })], keys: [key] });
    expect(["checkout_button", "id-checkout_button", "toString", "__proto__"].map(ruleset.hasExperiment)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(ruleset.flagKeys).toEqual(["new_checkout", "__proto__"]);
    expect(ruleset.flag("new_checkout")).toEqual(aFlag());
    expect(ruleset.flag("toString")).toBeUndefined();
    expect(ruleset.keys.get("abc")).toEqual(key);
  });

  it.each<[boolean, string, Partial<Ruleset>]>([
    [false, "nothing reads it", { flags: [aFlag({ rules: [aRollout(5_000)] })] }],
    [true, "a unit type is the country", { experiments: [anExperiment({ unit_type: "country" })] }],
    [
      true,
      "a rule looks the country up",
      {
        experiments: [
          anExperiment({ rules: [{ conditions: [{ attribute: "country", operator: "eq", value: "AT" }] }] }),
        ],
      },
    ],
    [
      true,
      "a group asks for an edge attribute",
      {
        experiments: [
          anExperiment({
            rules: [{ conditions: [{ not: { any: [{ attribute: "edge.is_bot", operator: "exists" }] } }] }],
          }),
        ],
      },
    ],
    [
      true,
      "a flag's rule does",
      { flags: [aFlag({ rules: [{ ...aRollout(1), conditions: [{ attribute: "edge", operator: "exists" }] }] })] },
    ],
    [
      true,
      "an audience's list does",
      { audiences: [{ key: "a", rules: [], ids: { attribute: "country", list: "" } }] },
    ],
    [
      false,
      "an attribute only begins like it",
      { audiences: [{ key: "a", rules: [], ids: { attribute: "edges", list: "" } }] },
    ],
  ])("says %s to whether it uses what the edge knows when %s", (usesEdge, _, change) => {
    expect(compiled(change).usesEdge).toBe(usesEdge);
  });
});

describe("prerequisites that come back to themselves", () => {
  it.each([
    ["themselves", [asks("a", inVariant("a"))]],
    ["one another", [asks("a", inVariant("b")), asks("b", inVariant("a"))]],
    ["a ring", [asks("a", inVariant("b")), asks("b", inVariant("c")), asks("c", inVariant("a"))]],
  ])("fail where experiments ask for %s, wherever they are entered", (_, experiments) => {
    const ruleset = compiled({ experiments });
    expect(experiments.map(({ key }) => evaluateExperiment(ruleset, key, forUser("u1")).reason)).toEqual(
      experiments.map(() => "prerequisite"),
    );
    expect(evaluateExperiments(ruleset, forUser("u1"))).toEqual([]);
  });

  it("fail through a flag whose rule hangs on the experiment that asks for the flag", () => {
    const ruleset = compiled({
      experiments: [asks("a", { flag: "f", value: false })],
      flags: [
        aFlag({
          key: "f",
          rules: [{ name: "", conditions: [], experiment: { key: "a", values: { control: true, treatment: true } } }],
        }),
      ],
    });
    expect(evaluateExperiment(ruleset, "a", forUser("u1")).reason).toBe("prerequisite");
    expect(evaluateFlag(ruleset, "f", forUser("u1"))).toEqual({ value: false, variant: "off", reason: "prerequisite" });
  });

  it("leave alone whoever only asks for them", () => {
    const flags = [
      aFlag({ key: "f", prerequisites: [{ flag: "f", value: true }] }),
      aFlag({
        key: "g",
        prerequisites: [{ flag: "f", value: false }],
        rules: [{ name: "", conditions: [], value: true }],
      }),
    ];
    const ruleset = compiled({ flags });
    const decisions = evaluateFlags(ruleset, forUser("u1"));
    expect(decisions.f?.reason).toBe("prerequisite");
    expect(decisions.g).toEqual({ value: true, variant: "on", reason: "rule" });
  });
});

describe("a kept answer", () => {
  it("is forgotten, and made again the same, when there are too many", () => {
    const config = "x".repeat(50_000);
    const experiments = Array.from({ length: 500 }, (_, index) =>
      anExperiment({
        key: `e${index}`,
        variants: anExperiment().variants.map((variant) => ({ ...variant, config })),
      }),
    );
    const ruleset = compiled({ experiments });
    const expected = JSON.stringify(evaluateExperiments(ruleset, forUser("u1")));
    expect(expected.length).toBeGreaterThan(500 * config.length);
    for (let time = 0; time < 3; time++) expect(assignmentsText(ruleset, forUser("u1")) === expected).toBe(true);
  });
});
